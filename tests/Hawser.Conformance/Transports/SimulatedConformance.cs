using Hawser.Testing;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>A transport with a simulated network before it.</summary>
public sealed class Simulated(TransportUnderTest inner, Weather weather) : TransportUnderTest
{
    public override string FreeAddress => inner.FreeAddress;

    public override bool TellsAbortFromEnd => inner.TellsAbortFromEnd;

    public override ServerTransportOptions ServerOptions => inner.ServerOptions;

    public override ClientTransportOptions ClientOptions => inner.ClientOptions;

    public override IReadOnlyList<Transport> Transports { get; } = new SimulatedNetwork(seed: 7) { Weather = weather }.Transports;

    public override void Dispose()
    {
        inner.Dispose();
        base.Dispose();
    }
}

public sealed class CalmInProcessTransportConformance() : ManyLanesConformance(new Simulated(new InProcess(), Weather.Calm));

public sealed class CalmInProcessListenerConformance() : ListenerConformance(new Simulated(new InProcess(), Weather.Calm));

public sealed class CalmTcpTransportConformance() : TransportConformance(new Simulated(new Tcp(), Weather.Calm));

public sealed class CalmTcpListenerConformance() : ListenerConformance(new Simulated(new Tcp(), Weather.Calm));

public sealed class CalmTlsTransportConformance() : TransportConformance(new Simulated(new Tls(), Weather.Calm));

public sealed class RoughInProcessTransportConformance() : ManyLanesConformance(new Simulated(new InProcess(), new Weather
{
    Latency = TimeSpan.FromMilliseconds(1),
    Jitter = TimeSpan.FromMilliseconds(1),
    LossRate = 0.01,
    RetransmissionDelay = TimeSpan.FromMilliseconds(1),
}));
