namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>How long a test waits for what must happen. No test measures time: this only turns a hang into a failure.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = HangTime;

    /// <summary>Waits for a task, and says what was waited for when it does not come.</summary>
    public static async Task<T> ForAsync<T>(Task<T> task, string what)
    {
        await ForAsync((Task)task, what);
        return await task;
    }

    /// <summary>Waits for a task, and says what was waited for when it does not come.</summary>
    public static async Task ForAsync(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException exception) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain for {what}.", exception);
        }
    }

    /// <summary>Waits until a condition holds, and says what was waited for when it does not.</summary>
    public static Task UntilAsync(Func<bool> condition, string what) => EventuallyAsync(condition, what);
}
