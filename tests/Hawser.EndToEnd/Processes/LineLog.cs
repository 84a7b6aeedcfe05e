using System.Threading.Channels;

namespace Hawser.EndToEnd.Processes;

/// <summary>Collects the lines of a program's output, and lets a test wait for one of them.</summary>
internal sealed class LineLog
{
    private readonly Channel<string> arrived = Channel.CreateUnbounded<string>();
    private readonly List<string> seen = [];

    public LineLog(StreamReader reader) => Ended = ReadAsync(reader);

    /// <summary>Ends when the program has closed its output.</summary>
    public Task Ended { get; }

    public string Text
    {
        get
        {
            lock (seen)
                return string.Concat(seen.Select(line => line + "\n"));
        }
    }

    /// <summary>Takes lines in order until one is wanted.</summary>
    /// <returns>That line.</returns>
    /// <exception cref="InvalidOperationException">The output ended without it.</exception>
    public Task<string> WaitForAsync(Func<string, bool> wanted, string what) => Patience.ForAsync(FindAsync(wanted, what), what);

    private async Task<string> FindAsync(Func<string, bool> wanted, string what)
    {
        await foreach (var line in arrived.Reader.ReadAllAsync())
        {
            if (wanted(line))
                return line;
        }

        throw new InvalidOperationException($"The output ended without {what}; it was: {Text}");
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (seen)
                seen.Add(line);
            arrived.Writer.TryWrite(line);
        }

        arrived.Writer.Complete();
    }
}
