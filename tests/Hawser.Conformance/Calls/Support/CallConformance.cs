using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>What all classes of call tests share. A wire is done when a subclass of each of them passes.</summary>
public abstract class CallConformance(WireUnderTest wire) : IDisposable
{
    protected WireUnderTest Wire => wire;

    protected Task<Peers> StartAsync(PeerSettings? settings = null) => Peers.StartAsync(wire, settings ?? new PeerSettings());

    /// <summary>The failure of a call that must fail.</summary>
    protected static Task<RpcException> FailureOfAsync<T>(ValueTask<T> call) => Assert.ThrowsAsync<RpcException>(() => call.AsTask());

    /// <summary>The failure of a call that must fail.</summary>
    protected static Task<RpcException> FailureOfAsync(Task call) => Assert.ThrowsAsync<RpcException>(() => call);

    /// <summary>Lets time pass in steps until something has come of it.</summary>
    protected static Task AdvanceUntilAsync(ManualTimeProvider time, TimeSpan step, Func<bool> condition) =>
        RepeatUntilAsync(() => time.Advance(step), condition);

    public virtual void Dispose()
    {
        wire.Dispose();
        GC.SuppressFinalize(this);
    }
}
