using System.Runtime.CompilerServices;

namespace Hawser.Conformance.Calls;

/// <summary>Message streams for tests.</summary>
public static class Streams
{
    public static async IAsyncEnumerable<T> Of<T>(params T[] items)
    {
        foreach (var item in items)
        {
            await Task.CompletedTask;
            yield return item;
        }
    }

    /// <summary>Numbers from 0 on.</summary>
    public static async IAsyncEnumerable<int> CountAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.CompletedTask;
            yield return i;
        }
    }

    /// <summary>Never gives anything; ends when it is told to stop.</summary>
    public static async IAsyncEnumerable<int> NeverAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        yield break;
    }

    public static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
            list.Add(item);
        return list;
    }
}
