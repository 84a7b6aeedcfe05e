namespace Hawser.EndToEnd.Processes;

/// <summary>How long a test waits for what must happen. No test measures time: this only turns a hang into a failure.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>For what keeps a machine busy for long: builds, packs, restores, loads.</summary>
    public static readonly TimeSpan LongLimit = TimeSpan.FromMinutes(10);

    /// <summary>Waits for a task, and says what was waited for when it does not come.</summary>
    public static async Task<T> ForAsync<T>(Task<T> task, string what, TimeSpan? limit = null)
    {
        var most = limit ?? Limit;
        try
        {
            return await task.WaitAsync(most, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException exception) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {most.TotalSeconds:0} s in vain for {what}.", exception);
        }
    }

    /// <summary>Waits until a condition holds; it is asked again whenever other work had its turn.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
                throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain until {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }
    }
}
