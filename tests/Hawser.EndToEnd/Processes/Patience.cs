namespace Hawser.EndToEnd.Processes;

/// <summary>How long a test waits for what must happen. No test measures time: this only turns a hang into a failure.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>A token that fires when the test is stopped, or has waited longer than anything may take.</summary>
    public static CancellationToken Token
    {
        get
        {
            var expired = new CancellationTokenSource(Limit);
            return CancellationTokenSource.CreateLinkedTokenSource(expired.Token, TestContext.Current.CancellationToken).Token;
        }
    }

    /// <summary>Waits for a task, and says what was waited for when it does not come.</summary>
    public static async Task<T> ForAsync<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Token);
        }
        catch (OperationCanceledException exception) when (!task.IsCanceled)
        {
            throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain for {what}.", exception);
        }
    }

    /// <summary>Waits until a condition holds; it is asked again whenever other work had its turn.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var token = Token;
        while (!condition())
        {
            if (token.IsCancellationRequested)
                throw new TimeoutException($"Waited {Limit.TotalSeconds:0} s in vain until {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }
    }
}
