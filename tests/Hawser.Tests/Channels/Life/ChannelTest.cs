using Hawser.Testing;

namespace Hawser.Tests.Channels.Life;

/// <summary>A channel over a network that can be spoilt, on a clock that stands still.</summary>
public abstract class ChannelTest : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];

    protected ChannelTest() => Network = new SimulatedNetwork(seed: 3, Clock);

    protected ManualTimeProvider Clock { get; } = new();

    protected SimulatedNetwork Network { get; }

    /// <summary>Where the server listens, when one does.</summary>
    protected string Address { get; } = $"inproc:{Guid.NewGuid():N}";

    /// <summary>The delay before each attempt, where a test does not care about jitter.</summary>
    protected static TimeSpan Delay { get; } = TimeSpan.FromSeconds(3);

    /// <summary>The options of a channel that waits exactly <see cref="Delay"/> before each attempt.</summary>
    protected HawserChannelOptions OptionsOf(bool keepConnected = true) => new()
    {
        TimeProvider = Clock,
        Transports = Network.Transports,
        Limits = new ConnectionLimits { KeepAliveInterval = null },
        Reconnect = new ReconnectOptions { KeepConnected = keepConnected, Backoff = static _ => Delay, WatchesNetwork = false },
    };

    protected async Task<HawserServer> ServeAsync(string? address = null, HawserServerOptions? options = null, Action<HawserServer>? map = null)
    {
        var server = new HawserServer(options ?? new HawserServerOptions { TimeProvider = Clock, Limits = new ConnectionLimits { KeepAliveInterval = null } });
        owned.Add(server);
        server.Map("Test/Echo", (string text) => text);
        server.Map("Test/Hang", async (CancellationToken cancellationToken) => await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        map?.Invoke(server);
        await server.ListenAsync(address ?? Address);
        return server;
    }

    protected HawserChannel Connect(HawserChannelOptions? options = null, string? address = null)
    {
        var channel = HawserChannel.Connect(address ?? Address, options ?? OptionsOf());
        owned.Add(channel);
        return channel;
    }

    /// <summary>Writes down every step of a channel.</summary>
    protected static List<ChannelStateChangedEventArgs> Record(HawserChannel channel)
    {
        var steps = new List<ChannelStateChangedEventArgs>();
        channel.StateChanged += (_, step) =>
        {
            lock (steps)
                steps.Add(step);
        };
        return steps;
    }

    protected static ValueTask<string> EchoAsync(HawserChannel channel, CallOptions options = default) => channel.CallAsync<string, string>("Test/Echo", "hello", options);

    protected static async Task<RpcException> FailAsync(HawserChannel channel, CallOptions options = default) =>
        await Assert.ThrowsAsync<RpcException>(async () => await EchoAsync(channel, options));

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(owned))
            await one.DisposeAsync();
        await Network.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
