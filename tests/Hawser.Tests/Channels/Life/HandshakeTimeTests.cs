using System.Net;
using Hawser.Tests.Frames.Raw;
using Hawser.Transports;

namespace Hawser.Tests.Channels.Life;

/// <summary>One time for all that it takes to have a connection.</summary>
public sealed class HandshakeTimeTests : ChannelTest
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Theory(Timeout = Hang)]
    [InlineData(LoadBalancing.PickFirst)]
    [InlineData(LoadBalancing.RoundRobin)]
    public async Task A_name_whose_resolver_never_answers_is_given_up(LoadBalancing policy)
    {
        var channel = Connect(With(policy, []), "tcp://host.example:1");
        var opening = channel.OpenAsync().AsTask();
        await EventuallyAsync(() => Clock.PendingTimers > 0);

        Clock.Advance(Limit);

        var failure = await Assert.ThrowsAsync<RpcException>(() => opening);
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("'host.example'", failure.Status.Text, StringComparison.Ordinal);
        Assert.Contains("HandshakeTimeout", failure.Status.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task The_time_that_connecting_took_is_not_there_for_the_hello()
    {
        var links = new RawTransport();
        var channel = Connect(With(LoadBalancing.PickFirst, [new SlowTransport(links, Clock)]), "slow:test");
        var opening = channel.OpenAsync().AsTask();
        await EventuallyAsync(() => Clock.PendingTimers == 2);

        Clock.Advance(SlowTransport.Time);
        var peer = await links.AcceptAsync();
        await peer.ReadGreetingAsync();
        Clock.Advance(Limit - SlowTransport.Time);
        peer.Cut();

        var failure = await Assert.ThrowsAsync<RpcException>(() => opening);
        Assert.Contains("within 10 s (ConnectionLimits.HandshakeTimeout)", failure.Status.Text, StringComparison.Ordinal);
    }

    private HawserChannelOptions With(LoadBalancing policy, IReadOnlyList<Transport> transports) => new()
    {
        TimeProvider = Clock,
        Transports = transports,
        NameResolver = new SilentResolver(),
        LoadBalancing = policy,
        Limits = new ConnectionLimits { KeepAliveInterval = null, HandshakeTimeout = Limit },
        Reconnect = new ReconnectOptions { Backoff = static _ => Delay, WatchesNetwork = false },
    };

    /// <summary>Never answers, whatever its token says.</summary>
    private sealed class SilentResolver : INameResolver
    {
        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => new(new TaskCompletionSource<IReadOnlyList<IPAddress>>().Task);
    }

    /// <summary>Takes its time to make a link.</summary>
    private sealed class SlowTransport(RawTransport links, TimeProvider time) : Transport
    {
        public static readonly TimeSpan Time = TimeSpan.FromSeconds(6);

        public override string Scheme => "slow";

        public override async ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken)
        {
            await Task.Delay(Time, time, cancellationToken);
            return await links.ConnectAsync(address, options, cancellationToken);
        }

        public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody listens.");
    }
}
