using System.Security.Cryptography.X509Certificates;

namespace Hawser;

/// <summary>One live link to a peer. Either side may call over it: a handler finds it in <see cref="CallContext.Connection"/> and calls back.</summary>
/// <remarks>Safe from any thread. Once the link is lost every call on it fails with <see cref="StatusCode.Unavailable"/>; it is never re-established under the same object.</remarks>
public abstract class Connection : CallInvoker
{
    private protected Connection(Codec codec)
        : base(codec)
    {
    }

    /// <summary>Where the peer is, for people: <c>tcp://127.0.0.1:51234</c>.</summary>
    public abstract string RemoteAddress { get; }

    /// <summary>Where this side is, for people.</summary>
    public abstract string LocalAddress { get; }

    /// <summary>The peer's certificate, when the transport has TLS and the peer showed one that was accepted; otherwise null.</summary>
    public abstract X509Certificate2? RemoteCertificate { get; }

    /// <summary>Fires when the link has ended, for whatever reason.</summary>
    public abstract CancellationToken Closed { get; }

    /// <summary>What has gone over this link so far.</summary>
    /// <returns>A snapshot; its members were read one after another while traffic went on.</returns>
    public abstract ConnectionStatistics GetStatistics();
}
