using Hawser.Grpc;
using Hawser.Node.Quickstart;
using Hawser.Transports;

namespace Hawser.Node;

/// <summary>A runnable server: it listens on its addresses and serves the quickstart service.</summary>
/// <remarks>Start once, stop once. <see cref="StopAsync"/> and <see cref="DisposeAsync"/> are safe from any thread.</remarks>
public sealed class HawserNode : IAsyncDisposable
{
    private readonly HawserNodeOptions options;
    private readonly HawserServer server;
    private readonly List<Uri> addresses = [];
    private readonly List<string> unavailable = [];

    /// <summary>Makes a node; it does not listen yet.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    public HawserNode(HawserNodeOptions? options = null)
    {
        this.options = options ?? new HawserNodeOptions();
        server = new HawserServer(new HawserServerOptions
        {
            LoggerFactory = this.options.LoggerFactory,
            TimeProvider = this.options.TimeProvider,
            Transports = this.options.Transports,
            Wires = [new GrpcWire { Server = new GrpcServerOptions { Contracts = [QuickstartContract.Load()] } }],
        });
        QuickstartService.MapTo(server.Endpoints);
        if (this.options.Watch)
            server.MapWatch();
    }

    /// <summary>The endpoints that the node serves; more can be mapped.</summary>
    public EndpointRegistry Endpoints => server.Endpoints;

    /// <summary>The addresses that are listened on, with the ports that were chosen. Empty before the start.</summary>
    public IReadOnlyList<Uri> Addresses => addresses;

    /// <summary>
    /// Why some addresses are not listened on, a sentence each: this machine lacks what their transports need, for instance QUIC's library. Empty before the start.
    /// </summary>
    public IReadOnlyList<string> Unavailable => unavailable;

    /// <summary>
    /// Starts to listen on every address, or on none. Those whose transports this machine cannot have do not count, unless there are no others:
    /// see <see cref="Unavailable"/>.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when all addresses are listened on.</returns>
    /// <exception cref="ArgumentException">An address is not one, or would take unencrypted calls from other machines; nothing was started.</exception>
    /// <exception cref="DirectoryNotFoundException">The node's directory does not exist; nothing was started.</exception>
    /// <exception cref="IOException">An address cannot be listened on; the text says which and why.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (options.Directory is { } directory && !Directory.Exists(directory))
            throw new DirectoryNotFoundException($"The directory '{directory}' does not exist.");
        foreach (var address in options.Listen)
        {
            if (ListenAddress.Check(address, options.InsecureListenBeyondLoopback) is { } wrong)
                throw new ArgumentException(wrong);
        }

        try
        {
            foreach (var address in options.Listen)
                await ListenAsync(address, cancellationToken);
            if (addresses.Count == 0 && unavailable.Count > 0)
                throw new TransportNotSupportedException(unavailable[0]);
        }
        catch
        {
            addresses.Clear();
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops: accepts nothing more, lets calls finish, then resets what is left.</summary>
    /// <param name="drain">How long calls may take to finish.</param>
    /// <param name="cancellationToken">Ends the waiting early; calls in flight are then reset at once.</param>
    /// <returns>A task that ends when everything is closed.</returns>
    public Task StopAsync(TimeSpan drain, CancellationToken cancellationToken = default) => server.StopAsync(drain, cancellationToken);

    /// <summary>Stops at once.</summary>
    /// <returns>A task that ends when everything is closed.</returns>
    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task ListenAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            addresses.Add(await server.ListenAsync(address, options.Transport, cancellationToken));
        }
        catch (TransportNotSupportedException exception)
        {
            unavailable.Add(exception.Message);
        }
    }
}
