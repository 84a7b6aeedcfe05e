using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>What the conformance suite has to know about a transport.</summary>
public abstract class TransportUnderTest : IDisposable
{
    /// <summary>An address to listen on that nobody else uses.</summary>
    public abstract string FreeAddress { get; }

    /// <summary>An address to listen on that nobody else uses, also while nobody listens there.</summary>
    public string OwnAddress => Loopback.Own(FreeAddress);

    /// <summary>Whether the peer of an aborted lane is told, so that it does not take the abort for an end.</summary>
    public virtual bool TellsAbortFromEnd => true;

    /// <summary>What replaces the built-in transports.</summary>
    public virtual IReadOnlyList<Transport> Transports => [];

    public virtual ServerTransportOptions ServerOptions { get; } = new();

    public virtual ClientTransportOptions ClientOptions { get; } = new();

    /// <summary>Skips the test on a machine that lacks what the transport needs.</summary>
    public virtual void SkipWhereMissing()
    {
    }

    public ValueTask<TransportListener> ListenAsync(string? address = null, ServerTransportOptions? options = null)
    {
        SkipWhereMissing();
        var (transport, uri) = new TransportRegistry(Transports).Find(address ?? FreeAddress);
        return transport.ListenAsync(uri, options ?? ServerOptions, default);
    }

    public ValueTask<TransportConnection> ConnectAsync(string address, ClientTransportOptions? options = null)
    {
        var (transport, uri) = new TransportRegistry(Transports).Find(address);
        return transport.ConnectAsync(uri, options ?? ClientOptions, default);
    }

    public ValueTask<TransportConnection> ConnectAsync(TransportListener listener, ClientTransportOptions? options = null) =>
        ConnectAsync(listener.Address.OriginalString, options);

    /// <summary>Both sides of a fresh link, shaken hands.</summary>
    public async Task<Link> LinkAsync()
    {
        await using var listener = await ListenAsync();
        return await LinkAsync(listener);
    }

    /// <summary>Both sides of a fresh link to a listener, shaken hands.</summary>
    public virtual async Task<Link> LinkAsync(TransportListener listener)
    {
        var accept = listener.AcceptAsync(default);
        var client = await ConnectAsync(listener);
        var server = await accept;
        Assert.NotNull(server);
        await Task.WhenAll(client.HandshakeAsync(default).AsTask(), server.HandshakeAsync(default).AsTask());
        return new Link(client, server);
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
