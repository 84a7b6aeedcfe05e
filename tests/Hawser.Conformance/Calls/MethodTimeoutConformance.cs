using System.Runtime.CompilerServices;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>The timeout that a channel gives a method's calls, and calls that have their own.</summary>
public abstract class MethodTimeoutConformance(WireUnderTest wire) : CallConformance(wire)
{
    private const string Method = "Test/Work";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MethodTimeout = 2 * Second;

    private readonly ManualTimeProvider _time = new();
    private readonly Signal _started = new();
    private readonly Signal _stopped = new();

    [Theory(Timeout = Hang)]
    [InlineData("unary")]
    [InlineData("stream")]
    public async Task Work_within_the_method_s_timeout_is_done(string kind)
    {
        await using var peers = await StartAsync(PeerSettings.With(_time));
        await using var channel = Connect(peers);

        var call = StartWork(peers.Server, channel, kind, seconds: 1);
        await _started.Fired;
        _time.Advance(Second);

        Assert.Equal("done", await call);
    }

    [Theory(Timeout = Hang)]
    [InlineData("unary")]
    [InlineData("stream")]
    public async Task Work_beyond_the_method_s_timeout_ends_then_and_not_before(string kind)
    {
        await using var peers = await StartAsync(PeerSettings.With(_time));
        await using var channel = Connect(peers);

        var call = StartWork(peers.Server, channel, kind, seconds: 3);
        await _started.Fired;
        _time.Advance(MethodTimeout - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        Assert.False(_stopped.HasFired);
        _time.Advance(TimeSpan.FromTicks(1));
        var failure = await FailureOfAsync(call);

        Assert.Equal(StatusCode.DeadlineExceeded, failure.Code);
        Assert.Contains(Method, failure.Status.Text, StringComparison.Ordinal);
        await _stopped.Fired;
    }

    [Theory(Timeout = Hang)]
    [InlineData("unary")]
    [InlineData("stream")]
    public async Task A_call_s_own_timeout_beats_the_method_s(string kind)
    {
        await using var peers = await StartAsync(PeerSettings.With(_time));
        await using var channel = Connect(peers);

        var call = StartWork(peers.Server, channel, kind, seconds: 3, new CallOptions { Timeout = 5 * Second });
        await _started.Fired;
        _time.Advance(3 * Second);

        Assert.Equal("done", await call);
        Assert.False(_stopped.HasFired);
    }

    /// <summary>Has the server work for some seconds of virtual time.</summary>
    private Task<string> StartWork(HawserServer server, HawserChannel channel, string kind, int seconds, CallOptions options = default)
    {
        if (kind == "unary")
        {
            server.Map(Method, (CancellationToken cancellationToken) => WorkAsync(seconds, cancellationToken));
            return channel.CallAsync<string>(Method, options).AsTask();
        }

        server.Map(Method, (CancellationToken cancellationToken) => StreamWorkAsync(seconds, cancellationToken));
        return SingleAsync(channel.StreamAsync<string>(Method, options));
    }

    private async Task<string> WorkAsync(int seconds, CancellationToken cancellationToken)
    {
        var work = Task.Delay(seconds * Second, _time, cancellationToken);
        _started.Fire();
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            _stopped.Fire();
            throw;
        }

        return "done";
    }

    private async IAsyncEnumerable<string> StreamWorkAsync(int seconds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await WorkAsync(seconds, cancellationToken);
    }

    private static async Task<string> SingleAsync(IAsyncEnumerable<string> messages) => Assert.Single(await Streams.ToListAsync(messages));

    private HawserChannel Connect(Peers peers) => HawserChannel.Connect(peers.Address, new HawserChannelOptions
    {
        Methods = new Dictionary<string, MethodPolicy>(StringComparer.Ordinal) { [Method] = new MethodPolicy { Timeout = MethodTimeout } },
        TimeProvider = _time,
        Transport = Wire.Transport.ClientOptions,
        Transports = [peers.ChannelTransport],
        Wires = Wire.Wires,
    });
}
