using System.Collections.Concurrent;
using Hawser.Transports;

namespace Hawser.Tests.Channels.Retries;

/// <summary>Servers go away one after another under a channel that is called all the time.</summary>
public sealed class RollingServersTests
{
    private const int Calls = 10_000;
    private const int Callers = 50;
    private const int CallsPerServer = 500;

    private readonly ConcurrentDictionary<int, int> runs = new();
    private int answered;

    [Fact(Timeout = Hang)]
    public async Task No_call_is_lost_and_none_is_run_twice()
    {
        var newest = new NewestServer();
        var server = await StartAsync(newest);
        await using var channel = HawserChannel.Connect("newest:", new HawserChannelOptions { Transports = [newest] });

        // A server may be gone when it has just been chosen to connect to; that is no matter for retries.
        var waiting = new CallOptions { WaitForReady = true };
        var next = 0;
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var id and <= Calls)
            {
                Assert.Equal(id, await channel.CallAsync<int, int>("Test/Count", id, waiting));
                Interlocked.Increment(ref answered);
            }
        })).ToList();
        var all = Task.WhenAll(callers);

        while (!all.IsCompleted)
        {
            var before = Volatile.Read(ref answered);
            await EventuallyAsync(() => all.IsCompleted || Volatile.Read(ref answered) >= before + CallsPerServer);
            var old = server;
            server = await StartAsync(newest);
            await old.StopAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await old.DisposeAsync();
        }

        await all;
        await server.DisposeAsync();
        Assert.Equal(Calls, runs.Count);
        Assert.All(runs.Values, times => Assert.Equal(1, times));
    }

    private async Task<HawserServer> StartAsync(NewestServer newest)
    {
        var server = new HawserServer();
        server.Map("Test/Count", async (int id) =>
        {
            runs.AddOrUpdate(id, 1, (_, times) => times + 1);
            await Task.Yield();
            return id;
        });
        var address = $"inproc:{Guid.NewGuid():n}";
        await server.ListenAsync(address);
        newest.Address = address;
        return server;
    }

    /// <summary>Connects to the server that was started last.</summary>
    private sealed class NewestServer : Transport
    {
        public volatile string Address = "";

        public override string Scheme => "newest";

        public override ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
        {
            var (transport, uri) = new TransportRegistry([]).Find(Address);
            return transport.ConnectAsync(uri, options, cancellationToken);
        }

        public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Servers listen on addresses of their own.");
    }
}
