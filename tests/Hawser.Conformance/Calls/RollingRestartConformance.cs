using System.Collections.Concurrent;

namespace Hawser.Conformance.Calls;

/// <summary>Two servers behind one channel are restarted in turn while calls go on: each call is answered, and none runs twice.</summary>
public abstract class RollingRestartConformance : CallConformance, IAsyncDisposable
{
    private const int Callers = 8;
    private const int Rounds = 5;

    private readonly ConcurrentDictionary<int, int> _runs = new();
    private readonly int[] _answered = new int[Callers];
    private readonly RestartableServer[] _servers;
    private readonly CancellationTokenSource _enough = new();
    private Task[] _callers = [];
    private int _last;

    /// <param name="wire">The wire under test.</param>
    /// <param name="addresses">Two free addresses of it; those of the wire itself when there are none.</param>
    protected RollingRestartConformance(WireUnderTest wire, params string[] addresses)
        : base(wire)
    {
        if (addresses.Length == 0)
            addresses = [wire.OwnAddress, wire.OwnAddress];
        _servers = [.. addresses.Select(address => new RestartableServer(wire, _runs, address))];
    }

    [Theory(Timeout = Hang)]
    [InlineData(LoadBalancing.PickFirst)]
    [InlineData(LoadBalancing.RoundRobin)]
    public async Task Servers_restarted_in_turn_lose_no_call_and_run_none_twice(LoadBalancing policy)
    {
        await StartServersAsync();
        await using var channel = Connect(policy);
        StartCallers(channel, new CallOptions());

        for (var round = 0; round < Rounds; round++)
        {
            foreach (var server in _servers)
            {
                // Whoever restarts servers waits until the one before is in use again; no call needs to wait then.
                await WhileCallingAsync(() => channel.Servers.All(static one => one.State == ChannelState.Ready));
                await EachCallerAnsweredAsync();

                var held = server.HoldNextCall();
                await WhileCallingAsync(() => held.Started.HasFired);
                var stopping = server.StopAsync();
                await AnsweredAsync(100);
                Assert.False(stopping.IsCompleted);
                held.Released.Fire();
                await stopping;
                await AnsweredAsync(100);
                await server.StartAsync();
            }
        }

        await AssertEachRanOnceAsync();
    }

    // A server that is back is not used before the channel's next attempt to connect to it. If the other is stopped before that, no server can be reached for a moment: calls that are
    // not to fail then have to say that they wait.
    [Theory(Timeout = Hang)]
    [InlineData(LoadBalancing.PickFirst)]
    [InlineData(LoadBalancing.RoundRobin)]
    public async Task Servers_restarted_in_haste_lose_no_call_that_waits_and_run_none_twice(LoadBalancing policy)
    {
        await StartServersAsync();
        await using var channel = Connect(policy);
        StartCallers(channel, new CallOptions { WaitForReady = true });

        for (var round = 0; round < Rounds; round++)
        {
            await EachCallerAnsweredAsync();
            foreach (var server in _servers)
            {
                await server.StopAsync();
                await server.StartAsync();
            }
        }

        await EachCallerAnsweredAsync();
        await AssertEachRanOnceAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _enough.Dispose();
        Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task StartServersAsync()
    {
        Wire.Transport.SkipWhereMissing();
        foreach (var server in _servers)
            await server.StartAsync();
    }

    private HawserChannel Connect(LoadBalancing policy) => HawserChannel.Connect(string.Join(',', _servers.Select(static server => server.Address)), new HawserChannelOptions
    {
        LoadBalancing = policy,
        Transport = Wire.Transport.ClientOptions,
        Transports = Wire.Transport.Transports,
        Wires = Wire.Wires,

        // Servers are away for moments only, but many times: the backoff need not grow.
        Reconnect = new ReconnectOptions { MaxBackoff = TimeSpan.FromMilliseconds(50), WatchesNetwork = false },
    });

    private void StartCallers(HawserChannel channel, CallOptions options) =>
        _callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(channel, options, caller)))];

    private async Task CallAsync(HawserChannel channel, CallOptions options, int caller)
    {
        while (!_enough.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _last);
            Assert.Equal(number, await AnswerAsync(channel, options, number, isStream: caller % 2 == 1));
            Interlocked.Increment(ref _answered[caller]);
        }
    }

    // Where a wire's transport has many lanes, a stream has one of its own: what is said of the connection does not reach it there.
    private static async Task<int> AnswerAsync(HawserChannel channel, CallOptions options, int number, bool isStream) => isStream
        ? (await channel.StreamAsync<int, int>("Test/Stream", number, options).ToListAsync()).Single()
        : await channel.CallAsync<int, int>("Test/Run", number, options);

    private Task AnsweredAsync(int more)
    {
        var before = _answered.Sum();
        return WhileCallingAsync(() => _answered.Sum() >= before + more);
    }

    private Task EachCallerAnsweredAsync()
    {
        var before = _answered.ToArray();
        return WhileCallingAsync(() => _answered.Zip(before).All(static one => one.First > one.Second));
    }

    /// <summary>Waits, unless a call has failed: then the test is over, with that failure.</summary>
    private async Task WhileCallingAsync(Func<bool> condition)
    {
        await EventuallyAsync(() => condition() || _callers.Any(static caller => caller.IsCompleted));
        if (_callers.FirstOrDefault(static caller => caller.IsCompleted) is { } failed)
            await failed;
    }

    private async Task AssertEachRanOnceAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_callers);

        Assert.Equal(_last, _runs.Count);
        Assert.DoesNotContain(_runs, static run => run.Value != 1);
    }
}
