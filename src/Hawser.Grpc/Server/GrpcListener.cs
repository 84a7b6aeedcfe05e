using System.Collections.Concurrent;
using System.Net.Sockets;
using Hawser.Grpc.Web;
using Hawser.Transports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Grpc.Server;

/// <summary>One address that Kestrel listens on for a server.</summary>
internal sealed class GrpcListener : WireListener
{
    /// <summary>How long ended calls have to tell their callers so, before their connections are cut.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly WebApplication application;
    private readonly IServer kestrel;
    private readonly GrpcServerSettings settings;
    private readonly ConcurrentDictionary<GrpcServerConnection, byte> connections;

    private GrpcListener(WebApplication application, IServer kestrel, GrpcServerSettings settings, Uri address, ConcurrentDictionary<GrpcServerConnection, byte> connections)
    {
        this.application = application;
        this.kestrel = kestrel;
        this.settings = settings;
        this.connections = connections;
        Address = address;
    }

    internal override Uri Address { get; }

    internal override IEnumerable<Connection> Connections => connections.Keys.Where(static connection => connection.IsActive);

    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    /// <exception cref="IOException">The address cannot be listened on; the text says why.</exception>
    internal static async ValueTask<WireListener> StartAsync(
        Uri address, GrpcServerOptions grpc, HawserServerOptions options, EndpointRegistry endpoints, ServerConnections connections, ServerTransportOptions transport, CancellationToken cancellationToken)
    {
        GrpcAddress.Check(address);
        var tls = GrpcAddress.IsSecure(address) ? KestrelSettings.CheckTls(address, transport) : null;
        var shared = new GrpcServerSettings(grpc, options, endpoints, grpc.Cors is null ? null : new CorsAnswers(grpc.Cors));
        var open = new ConcurrentDictionary<GrpcServerConnection, byte>();
        var gate = new GrpcConnectionGate(connections, shared);
        var endPoint = await GrpcAddress.ResolveAsync(address, cancellationToken).ConfigureAwait(false);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(options.LoggerFactory);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(server =>
        {
            KestrelSettings.Apply(server.Limits, options);
            server.AddServerHeader = false;

            // A proxy that ends TLS passes on what the client called the scheme.
            server.AllowAlternateSchemes = true;
            server.Listen(endPoint, listen =>
            {
                listen.Protocols = GrpcAddress.ProtocolsOf(address);
                var preface = new HttpPreface(listen.Protocols, options);
                listen.Use(next => connection => ServeAsync(connection, context => gate.AdmitAsync(context, next), shared, open, address.Scheme));
                if (tls is not null)
                    KestrelSettings.UseTls(listen, tls, options.Limits);
                listen.Use(next => connection => preface.ServeAsync(connection, next));
                listen.Use(next => connection => gate.OpenAsync(connection, next));
            });
        });
        var host = builder.Build();
        var listening = host.Services.GetRequiredService<IServer>();
        try
        {
            await listening.StartAsync(new GrpcApplication(shared), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or AddressInUseException)
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"{address.OriginalString} cannot be listened on: {exception.Message}", exception);
        }

        var bound = new Uri(listening.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new GrpcListener(host, listening, shared, new Uri($"{address.Scheme}://{address.Host}:{bound.Port}"), open);
    }

    internal override async Task StopAsync(TimeSpan drain, CancellationToken cancellationToken)
    {
        settings.Drain();
        using var timeout = new CancellationTokenSource(drain, settings.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var abort = new CancellationTokenSource();
        var ending = either.Token.UnsafeRegister(
            _ =>
            {
                // Callers shall learn why their calls end, which a connection that breaks does not tell.
                settings.Stop();
                abort.CancelAfter(LastWords);
            },
            state: null);
        await using var endingDisposal = ending.ConfigureAwait(false);
        var heartbeat = TimeProvider.System.CreateTimer(_ => Beat(), state: null, ConnectionHeartbeat.Interval, ConnectionHeartbeat.Interval);
        await using (heartbeat.ConfigureAwait(false))
        {
            // Kestrel says GOAWAY to every client, and aborts what is left when the token fires.
            await kestrel.StopAsync(abort.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await application.DisposeAsync().ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await kestrel.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await application.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ServeAsync(
        ConnectionContext context, ConnectionDelegate next, GrpcServerSettings shared, ConcurrentDictionary<GrpcServerConnection, byte> open, string scheme)
    {
        var connection = new GrpcServerConnection(shared, context.Features, context, scheme);
        context.Features.Set(connection);
        open[connection] = 0;
        TcpKeepAlive.Apply(context, shared.Limits);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            open.TryRemove(connection, out _);
            connection.OnEnded();
        }
    }

    private void Beat()
    {
        foreach (var connection in connections.Keys)
            connection.Heartbeat?.Beat();
    }
}
