using System.Security.Cryptography.X509Certificates;

namespace Hawser;

/// <summary>One live link to a peer. Either side may call over it: a handler finds it in <see cref="CallContext.Connection"/> and calls back.</summary>
/// <remarks>Safe from any thread. Once the link is lost every call on it fails with <see cref="StatusCode.Unavailable"/>; it is never re-established under the same object.</remarks>
public abstract partial class Connection : CallInvoker
{
    private protected Connection(Codec codec)
        : base(codec)
    {
    }

    /// <summary>Where the peer is, for people: <c>tcp://127.0.0.1:51234</c>.</summary>
    public abstract string RemoteAddress { get; }

    /// <summary>Where this side is, for people.</summary>
    public abstract string LocalAddress { get; }

    /// <summary>The peer's certificate, when the transport has TLS and the peer showed one that was accepted; otherwise null. It can still be asked when the link has ended.</summary>
    public abstract X509Certificate2? RemoteCertificate { get; }

    /// <summary>Fires when the link has ended, for whatever reason.</summary>
    public abstract CancellationToken Closed { get; }

    /// <summary>What the peer says of itself, for instance who it is: sent as it connected, and replaced when it was refreshed and accepted. Empty when it says nothing, and on wires that carry none.</summary>
    public virtual Metadata PeerMetadata => Metadata.Empty;

    /// <summary>Measures the round trip to the peer now. It waits for no call; a busy link still delays it.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The time from sending the ping to its answer. At most 64 are under way at once; more wait for their turn.</returns>
    /// <exception cref="RpcException">The link was lost first (<see cref="StatusCode.Unavailable"/>), or its wire cannot ping (<see cref="StatusCode.Unimplemented"/>).</exception>
    public virtual ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => ValueTask.FromException<TimeSpan>(new RpcException(
        StatusCode.Unimplemented,
        $"The connection to {RemoteAddress} cannot be pinged: HTTP/2's pings are out of a program's reach. Time a call instead."));

    /// <summary>How the link ended: the code and the sentence of whoever closed it, or <see cref="StatusCode.Unavailable"/> and what broke it. Null while it has not ended.</summary>
    public abstract Status? CloseStatus { get; }

    /// <summary>What has gone over this link so far.</summary>
    /// <returns>A snapshot; its members were read one after another while traffic went on.</returns>
    public abstract ConnectionStatistics GetStatistics();

    /// <summary>Closes the link. The peer learns the reason: its calls fail with <see cref="StatusCode.Unavailable"/> and that sentence, and a channel connects again when it is next used.</summary>
    /// <param name="reason">Why; its text travels to the peer, at most 1024 bytes of it.</param>
    /// <param name="drain">
    /// How long calls in flight and queued notifications may take before: the peer is told at once that this side takes no new calls. Zero, the default, ends them now. Not to be
    /// awaited by a handler of the same connection unless it is zero, for its own call is one of those that are waited for.
    /// </param>
    /// <returns>A task that ends when the link is closed: at most about two seconds after the drain, whatever the peer does; over QUIC up to five more, while a peer that has ended its own side has not read what it was sent.</returns>
    /// <remarks>May be called any number of times, also after the end. A CLOSE can overtake what other lanes carry: what must arrive is confirmed by a reply first.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The drain is negative.</exception>
    public abstract Task CloseAsync(Status reason, TimeSpan drain = default);
}
