using System.Collections.Concurrent;

namespace Hawser.Bench.Life.Soak;

/// <summary>Notices calls that are run twice. Remembers the last calls of each caller only, so that it does not grow.</summary>
internal sealed class RunWindow
{
    private const int Remembered = 256;

    private readonly ConcurrentDictionary<int, Queue<long>> callers = new();
    private int doubles;

    public int Doubles => Volatile.Read(ref doubles);

    public void Note(RunId id)
    {
        var last = callers.GetOrAdd(id.Caller, static _ => new Queue<long>());
        lock (last)
        {
            if (last.Contains(id.Number))
                doubles++;
            last.Enqueue(id.Number);
            if (last.Count > Remembered)
                last.Dequeue();
        }
    }
}
