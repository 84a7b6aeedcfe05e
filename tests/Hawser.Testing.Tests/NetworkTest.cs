namespace Hawser.Testing.Tests;

/// <summary>A network on virtual time, with links of bare bytes over it.</summary>
public abstract class NetworkTest : IAsyncDisposable
{
    private readonly List<BareLink> links = [];

    protected NetworkTest(int seed = 7) => Network = new SimulatedNetwork(seed, Clock);

    protected ManualTimeProvider Clock { get; } = new();

    protected SimulatedNetwork Network { get; }

    /// <summary>The time that has passed.</summary>
    protected TimeSpan Elapsed => Clock.GetUtcNow() - Clock.Start;

    protected static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);

    /// <summary>A link over this network; the weather is calm while it is made.</summary>
    protected async Task<BareLink> LinkAsync()
    {
        var link = await BareLink.MakeAsync(Network);
        links.Add(link);
        return link;
    }

    /// <summary>Lets time pass in steps until a task has ended.</summary>
    protected async Task AdvanceUntilAsync(TimeSpan step, Task task)
    {
        await RepeatUntilAsync(() => Clock.Advance(step), () => task.IsCompleted);
        await task;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var link in links)
            await link.DisposeAsync();
        await Network.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
