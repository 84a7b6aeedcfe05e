using Hawser.Conformance.Transports;

namespace Hawser.Conformance.Calls;

/// <summary>What the conformance suite has to know about a wire over a transport. A new one subclasses this and then every class of tests.</summary>
public abstract class WireUnderTest(TransportUnderTest transport) : IDisposable
{
    public TransportUnderTest Transport => transport;

    /// <summary>An address to listen on that nobody else uses.</summary>
    public virtual string FreeAddress => transport.FreeAddress;

    /// <summary>What servers and channels must be given to speak the wire.</summary>
    public virtual IReadOnlyList<Wire> Wires => [];

    /// <summary>Whether the lanes that the transport has beyond the first are hidden, so that all calls share one.</summary>
    public virtual bool HidesLanes => false;

    /// <summary>Whether streams and octets have a lane of their own, with the transport's flow control instead of credit.</summary>
    public virtual bool HasManyLanes => false;

    public void Dispose()
    {
        transport.Dispose();
        GC.SuppressFinalize(this);
    }
}
