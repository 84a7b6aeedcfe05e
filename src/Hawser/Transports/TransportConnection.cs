using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>One live link between two processes, as its transport sees it: lanes, and who is at the other end.</summary>
/// <remarks>Safe from any thread, except that <see cref="HandshakeAsync"/> comes first and once. Disposing closes the link and frees everything; it may be done more than once.</remarks>
public abstract class TransportConnection : IAsyncDisposable
{
    /// <summary>Where the peer is, for people: <c>tcp://127.0.0.1:51234</c>.</summary>
    public abstract string RemoteAddress { get; }

    /// <summary>Where this side is, for people.</summary>
    public abstract string LocalAddress { get; }

    /// <summary>The address a limit per peer counts by, for instance the IP address without the port.</summary>
    public abstract string RemoteHost { get; }

    /// <summary>The peer's certificate, once the handshake has accepted it; null without TLS or when the peer showed none. It can still be asked when the link has ended.</summary>
    public virtual X509Certificate2? RemoteCertificate => null;

    /// <summary>
    /// The lane that every connection has. Of use once the handshake is done. Over QUIC the accepting side waits in it until the connecting side has written or
    /// ended, which is what shows a stream to the peer; Hawser's wire writes at once.
    /// </summary>
    public abstract Lane FirstLane { get; }

    /// <summary>Whether more lanes can be opened.</summary>
    public virtual bool HasManyLanes => false;

    /// <summary>Does what the transport needs before the first byte, such as TLS. Accepting does not wait for it, so that a silent peer delays nobody.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when bytes can flow.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The peer's certificate or protocol was refused; the text says why.</exception>
    /// <exception cref="IOException">The link was lost.</exception>
    public virtual ValueTask HandshakeAsync(CancellationToken cancellationToken) => default;

    /// <summary>Opens another lane. The peer learns of it with its first bytes.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lane.</returns>
    /// <exception cref="NotSupportedException">The transport has one lane only.</exception>
    /// <exception cref="IOException">The link was lost.</exception>
    public virtual ValueTask<Lane> OpenLaneAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("This transport has one lane only.");

    /// <summary>Waits for a lane that the peer opens.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lane, or null when the link has ended.</returns>
    /// <exception cref="NotSupportedException">The transport has one lane only.</exception>
    public virtual ValueTask<Lane?> AcceptLaneAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("This transport has one lane only.");

    /// <summary>Closes the link and frees what belongs to it. Bytes that were written and completed are delivered where the transport can.</summary>
    /// <returns>A task that ends when everything is free.</returns>
    public abstract ValueTask DisposeAsync();

    /// <summary>Closes the link as <see cref="DisposeAsync"/> does, and tells the peer why where the transport can.</summary>
    /// <param name="code">The number of the status that the connection ends with: 0…2⁶²−1.</param>
    /// <returns>A task that ends when everything is free.</returns>
    public virtual ValueTask CloseAsync(long code) => DisposeAsync();
}
