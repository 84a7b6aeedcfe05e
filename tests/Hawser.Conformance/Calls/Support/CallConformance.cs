using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>What all classes of call tests share. A wire is done when a subclass of each of them passes.</summary>
public abstract class CallConformance(WireUnderTest wire) : IDisposable
{
    /// <summary>Ends a test that hangs; says nothing about speed.</summary>
    protected const int Hang = 20_000;

    protected WireUnderTest Wire => wire;

    protected Task<Peers> StartAsync(PeerSettings? settings = null) => Peers.StartAsync(wire, settings ?? new PeerSettings());

    /// <summary>The failure of a call that must fail.</summary>
    protected static Task<RpcException> FailureOfAsync<T>(ValueTask<T> call) => Assert.ThrowsAsync<RpcException>(() => call.AsTask());

    /// <summary>The failure of a call that must fail.</summary>
    protected static Task<RpcException> FailureOfAsync(Task call) => Assert.ThrowsAsync<RpcException>(() => call);

    /// <summary>Lets time pass in steps until something has come of it.</summary>
    protected static async Task AdvanceUntilAsync(ManualTimeProvider time, TimeSpan step, Func<bool> condition)
    {
        while (!condition())
        {
            time.Advance(step);
            await Task.Yield();
        }
    }

    /// <summary>Waits for what follows from what was done, and nothing announces.</summary>
    protected static async Task EventuallyAsync(Func<bool> condition)
    {
        while (!condition())
            await LookAgainAsync();
    }

    /// <summary>
    /// Leaves the processor to what is waited for. Sockets and other threads know no manual clock, and nothing announces these effects; no test fails because this
    /// takes long, and the tests' common timeout ends a wait that is in vain.
    /// </summary>
    protected static Task LookAgainAsync() => Task.Delay(1);

    public virtual void Dispose()
    {
        wire.Dispose();
        GC.SuppressFinalize(this);
    }
}
