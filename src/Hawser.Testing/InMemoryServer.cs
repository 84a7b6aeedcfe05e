namespace Hawser.Testing;

/// <summary>A server within this process, and a channel to it: what a unit test of a service needs, in one line.</summary>
/// <remarks>Safe from any thread. Nothing leaves the process; each has an address of its own, so that tests may run side by side. Disposing stops both.</remarks>
public sealed class InMemoryServer : IAsyncDisposable
{
    private InMemoryServer(HawserServer server, HawserChannel channel, string address)
    {
        Server = server;
        Channel = channel;
        Address = address;
    }

    /// <summary>The server.</summary>
    public HawserServer Server { get; }

    /// <summary>A channel to it, which connects when it is first used.</summary>
    public HawserChannel Channel { get; }

    /// <summary>Where it listens, for further channels of this process.</summary>
    public string Address { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="configure">Says what is served, for instance <c>server => server.Map("Test/Echo", (string text) => text)</c>.</param>
    /// <param name="serverOptions">The server's settings; the defaults when null.</param>
    /// <param name="channelOptions">The channel's settings; the defaults when null. Those with <see cref="SimulatedNetwork.Transports"/> give it weather.</param>
    /// <returns>The server, which must be disposed.</returns>
    public static async ValueTask<InMemoryServer> StartAsync(Action<HawserServer> configure, HawserServerOptions? serverOptions = null, HawserChannelOptions? channelOptions = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var server = new HawserServer(serverOptions);
        try
        {
            configure(server);
            var address = (await server.ListenAsync($"inproc:{Guid.NewGuid():N}").ConfigureAwait(false)).OriginalString;
            return new InMemoryServer(server, HawserChannel.Connect(address, channelOptions), address);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops the channel and the server.</summary>
    /// <returns>A task that ends when both have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        await Channel.DisposeAsync().ConfigureAwait(false);
        await Server.DisposeAsync().ConfigureAwait(false);
    }
}
