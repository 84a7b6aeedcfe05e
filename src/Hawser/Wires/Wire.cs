using Hawser.Transports;

namespace Hawser;

/// <summary>A protocol that carries calls, other than Hawser's own frames, which every server and channel speaks: gRPC, for instance.</summary>
/// <remarks>
/// Give one to <see cref="HawserServerOptions.Wires"/> and <see cref="HawserChannelOptions.Wires"/>; its addresses can then be listened on and connected to. Safe from any
/// thread; one instance serves any number of servers and channels. Wires come with Hawser's own packages only: what they need of the core is not public.
/// </remarks>
public abstract class Wire
{
    private protected Wire()
    {
    }

    /// <summary>The schemes of its addresses, lower case: <c>grpc</c> and <c>grpcs</c>, for instance.</summary>
    public abstract IReadOnlyList<string> Schemes { get; }

    /// <summary>Makes the client's half of a channel. Nothing is sent yet.</summary>
    /// <param name="address">The server.</param>
    /// <param name="host">The machine to connect to, when the address names a host that stands for several; otherwise null.</param>
    /// <param name="options">The channel's.</param>
    /// <param name="endpoints">What the server may call on this side.</param>
    /// <param name="callbacks">Tell the application of the channel's connections.</param>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    internal abstract ChannelClient Connect(Uri address, System.Net.IPAddress? host, HawserChannelOptions options, EndpointRegistry endpoints, ChannelCallbacks callbacks);

    /// <summary>Starts to listen.</summary>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    /// <exception cref="IOException">The address cannot be listened on; the text says why.</exception>
    internal abstract ValueTask<WireListener> ListenAsync(
        Uri address, HawserServerOptions options, EndpointRegistry endpoints, ServerConnections connections, ServerTransportOptions transport, CancellationToken cancellationToken);
}
