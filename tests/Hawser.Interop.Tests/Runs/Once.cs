namespace Hawser.Interop.Tests.Runs;

/// <summary>What is worked out when it is first asked for, and then known; safe from any thread.</summary>
internal sealed class Once<T>(Func<Task<T>> work)
{
    private readonly Lock gate = new();
    private Task<T>? started;

    public Task<T> GetAsync()
    {
        lock (gate)
            return started ??= work();
    }
}
