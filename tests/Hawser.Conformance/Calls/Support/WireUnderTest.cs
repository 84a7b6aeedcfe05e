using Hawser.Conformance.Transports;

namespace Hawser.Conformance.Calls;

/// <summary>What the conformance suite has to know about a wire over a transport. A new one subclasses this and then every class of tests.</summary>
public abstract class WireUnderTest(TransportUnderTest transport) : IDisposable
{
    public TransportUnderTest Transport => transport;

    /// <summary>An address to listen on that nobody else uses.</summary>
    public virtual string FreeAddress => transport.FreeAddress;

    /// <summary>An address to listen on that nobody else uses, also while nobody listens there.</summary>
    public string OwnAddress => Loopback.Own(FreeAddress);

    /// <summary>What servers and channels must be given to speak the wire.</summary>
    public virtual IReadOnlyList<Wire> Wires => [];

    /// <summary>Whether the lanes that the transport has beyond the first are hidden, so that all calls share one.</summary>
    public virtual bool HidesLanes => false;

    /// <summary>Whether streams and octets have a lane of their own, with the transport's flow control instead of credit.</summary>
    public virtual bool HasManyLanes => false;

    /// <summary>Whether the side that serves can call its caller.</summary>
    public virtual bool CallsBack => true;

    /// <summary>Whether a caller says which kind of method it means, so that a wrong one is refused as not run.</summary>
    public virtual bool TellsKinds => true;

    /// <summary>Whether the order of metadata with different keys is kept; that of one key's always is.</summary>
    public virtual bool KeepsMetadataInOrder => true;

    /// <summary>Whether what was sent before a reset still arrives.</summary>
    public virtual bool DeliversWhatAResetFollows => true;

    /// <summary>Whether the limits beyond messages and metadata, the flow control of unary calls and refusals of connections are Hawser's, not HTTP/2's.</summary>
    public virtual bool HasOwnFlowControl => true;

    /// <summary>Whether a writer can learn what its peer has consumed.</summary>
    public virtual bool Acknowledges => true;

    /// <summary>Whether a connection can be pinged.</summary>
    public virtual bool Pings => true;

    /// <summary>Whether a connection carries metadata of its own.</summary>
    public virtual bool HasConnectionMetadata => true;

    /// <summary>Whether a channel connects again by itself; otherwise it does so when the next call is made.</summary>
    public virtual bool ReconnectsByItself => true;

    /// <summary>The address as its transport knows it.</summary>
    public virtual string TransportAddress(string address) => address;

    public void Dispose()
    {
        transport.Dispose();
        GC.SuppressFinalize(this);
    }
}
