namespace Hawser.Transports;

/// <summary>What carries a wire's bytes: makes links, and waits for them.</summary>
/// <remarks>Safe from any thread.</remarks>
public abstract class Transport
{
    /// <summary>The scheme of the addresses that this transport understands, for instance <c>tcp</c>.</summary>
    public abstract string Scheme { get; }

    /// <summary>Whether its addresses name a host and a port, so that a channel resolves the name and tries each of the host's addresses.</summary>
    internal virtual bool HasHosts => false;

    /// <summary>Makes a link. What is left of the handshake is the caller's to do.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="options">Certificates and the like.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The link, before its handshake.</returns>
    /// <exception cref="ArgumentException">The address is not one of this transport's; the text says what is wrong.</exception>
    /// <exception cref="IOException">Nobody can be reached there; the text says where and why.</exception>
    /// <exception cref="TransportNotSupportedException">This machine lacks what the transport needs; the text says how to get it.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">TLS is part of the transport (QUIC), and the peer was refused; the text says why.</exception>
    public abstract ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken);

    /// <summary>Starts to listen.</summary>
    /// <param name="address">Where; port 0 chooses a free one.</param>
    /// <param name="options">Certificates and the like.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The listener, already listening.</returns>
    /// <exception cref="ArgumentException">The address is not one of this transport's; the text says what is wrong.</exception>
    /// <exception cref="IOException">The address cannot be listened on; the text says which and why.</exception>
    /// <exception cref="TransportNotSupportedException">This machine lacks what the transport needs; the text says how to get it.</exception>
    public abstract ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken);
}
