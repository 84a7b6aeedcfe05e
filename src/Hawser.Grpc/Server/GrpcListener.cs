using System.Collections.Concurrent;
using System.Net.Sockets;
using Hawser.Transports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Grpc.Server;

/// <summary>One address that Kestrel listens on for a server.</summary>
internal sealed class GrpcListener : WireListener
{
    private readonly WebApplication application;
    private readonly IServer kestrel;
    private readonly ConcurrentDictionary<GrpcServerConnection, byte> connections;

    private GrpcListener(WebApplication application, IServer kestrel, Uri address, ConcurrentDictionary<GrpcServerConnection, byte> connections)
    {
        this.application = application;
        this.kestrel = kestrel;
        this.connections = connections;
        Address = address;
    }

    internal override Uri Address { get; }

    internal override IEnumerable<Connection> Connections => connections.Keys;

    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    /// <exception cref="IOException">The address cannot be listened on; the text says why.</exception>
    internal static async ValueTask<WireListener> StartAsync(
        Uri address, GrpcServerOptions grpc, HawserServerOptions options, EndpointRegistry endpoints, ServerTransportOptions transport, CancellationToken cancellationToken)
    {
        GrpcAddress.Check(address);
        var settings = new GrpcServerSettings(grpc, options, endpoints);
        var open = new ConcurrentDictionary<GrpcServerConnection, byte>();
        var endPoint = await GrpcAddress.ResolveAsync(address, cancellationToken).ConfigureAwait(false);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(server =>
        {
            KestrelSettings.Apply(server.Limits, options);
            server.AddServerHeader = false;
            server.Listen(endPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => connection => ServeAsync(connection, next, settings, open, GrpcAddress.IsSecure(address)));
                if (GrpcAddress.IsSecure(address))
                    KestrelSettings.UseTls(listen, address, transport);
            });
        });
        var host = builder.Build();
        var listening = host.Services.GetRequiredService<IServer>();
        try
        {
            await listening.StartAsync(new GrpcApplication(settings), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or AddressInUseException)
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"{address} cannot be listened on: {exception.Message}", exception);
        }

        var bound = new Uri(listening.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new GrpcListener(host, listening, new Uri($"{address.Scheme}://{address.Host}:{bound.Port}"), open);
    }

    internal override async Task StopAsync(TimeSpan drain, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(drain);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);

        // Kestrel says GOAWAY to every client, and aborts what is left when the token fires.
        await kestrel.StopAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await application.DisposeAsync().ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await kestrel.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await application.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ServeAsync(
        ConnectionContext context, ConnectionDelegate next, GrpcServerSettings settings, ConcurrentDictionary<GrpcServerConnection, byte> open, bool isSecure)
    {
        var connection = new GrpcServerConnection(settings, context.Features, context, isSecure);
        context.Features.Set(connection);
        open[connection] = 0;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            open.TryRemove(connection, out _);
        }
    }
}
