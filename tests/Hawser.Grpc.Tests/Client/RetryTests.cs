using System.Collections.Concurrent;
using Hawser.Testing;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Retries: when, how often, and with what.</summary>
public sealed class RetryTests : GrpcClientTest
{
    private readonly ManualTimeProvider time = new();
    private readonly ConcurrentQueue<string?> previousAttempts = new();
    private readonly ConcurrentQueue<byte[]> bodies = new();

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retryable_failure_is_tried_again_after_the_backoff(bool streams)
    {
        await using var peer = await StartAsync(failures: 2);
        await using var channel = await ConnectAsync(peer, new RetryPolicy());

        var call = streams
            ? ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello)).ContinueWith(read => read.Result.Items.Single(), TaskScheduler.Default)
            : channel.CallAsync<byte[], byte[]>(Echo, Hello).AsTask();
        await AdvanceUntilEndAsync(call);

        Assert.Equal(Hello, await call);
        Assert.Equal([null, "1", "2"], previousAttempts);
        Assert.All(bodies, body => Assert.Equal(HttpPeer.Framed(Hello), body));
        Assert.InRange(time.GetUtcNow() - time.Start, TimeSpan.FromMilliseconds(240), TimeSpan.FromMilliseconds(370));
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_stream_is_sent_again_from_what_is_kept()
    {
        await using var peer = await StartAsync(failures: 1);
        await using var channel = await ConnectAsync(peer, new RetryPolicy());

        var call = channel.CallAsync<byte[], byte[]>(Echo, StreamOf<byte[]>([1], [2], [3])).AsTask();
        await AdvanceUntilEndAsync(call);

        Assert.Equal(Hello, await call);
        Assert.Equal([.. HttpPeer.Framed([1]), .. HttpPeer.Framed([2]), .. HttpPeer.Framed([3])], bodies.Last());
    }

    [Fact(Timeout = Hang)]
    public async Task A_request_larger_than_what_is_kept_is_tried_once()
    {
        await using var peer = await StartAsync(failures: 1);
        await using var channel = await ConnectAsync(peer, new RetryPolicy { MaxBufferedSize = 1000 });

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, StreamOf(new byte[500], new byte[600]))), StatusCode.Unavailable, "failure 1");
        Assert.Single(bodies);
    }

    [Fact(Timeout = Hang)]
    public async Task The_last_attempt_s_failure_is_the_call_s()
    {
        await using var peer = await StartAsync(failures: 100);
        await using var channel = await ConnectAsync(peer, new RetryPolicy { MaxAttempts = 4 });

        var call = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await AdvanceUntilEndAsync(call);

        AssertSays(await call, StatusCode.Unavailable, "failure 4");
        Assert.Equal(4, bodies.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task What_is_not_retryable_is_tried_once()
    {
        await using var peer = await StartAsync(failures: 1, code: 5);
        await using var channel = await ConnectAsync(peer, new RetryPolicy());

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.NotFound);
        Assert.Single(bodies);
    }

    [Fact(Timeout = Hang)]
    public async Task What_has_begun_to_be_answered_is_not_tried_again()
    {
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            bodies.Enqueue(await HttpPeer.ReadAsync(context));
            await HttpPeer.AnswerAsync(context, 14);
        });
        await using var channel = await ConnectAsync(peer, new RetryPolicy());

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable);
        Assert.Single(bodies);
    }

    [Fact(Timeout = Hang)]
    public async Task The_server_says_when_to_try_again()
    {
        await using var peer = await StartAsync(failures: 1, pushback: "7000");
        await using var channel = await ConnectAsync(peer, new RetryPolicy());

        var call = channel.CallAsync<byte[], byte[]>(Echo, Hello).AsTask();
        await AdvanceUntilEndAsync(call);

        Assert.Equal(Hello, await call);
        Assert.Equal(TimeSpan.FromSeconds(7), time.GetUtcNow() - time.Start);
    }

    [Theory(Timeout = Hang)]
    [InlineData("-1")]
    [InlineData("soon")]
    public async Task The_server_says_not_to_try_again(string pushback)
    {
        await using var peer = await StartAsync(failures: 1, pushback: pushback);
        await using var channel = await ConnectAsync(peer, new RetryPolicy());

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable);
        Assert.Single(bodies);
    }

    [Fact(Timeout = Hang)]
    public async Task Many_failures_stop_all_retries_until_calls_succeed_again()
    {
        await using var peer = await StartAsync(failures: 5);
        await using var channel = await ConnectAsync(peer, new RetryPolicy { MaxTokens = 4, TokenRatio = 1, MaxAttempts = 5 });

        // 4 tokens: the second failure leaves 2, which is half.
        var first = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await AdvanceUntilEndAsync(first);
        AssertSays(await first, StatusCode.Unavailable, "failure 2");
        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable, "failure 3");
    }

    [Fact(Timeout = Hang)]
    public async Task The_deadline_counts_for_all_attempts_together()
    {
        var timeouts = new ConcurrentQueue<string?>();
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            timeouts.Enqueue(context.Request.Headers["grpc-timeout"]);
            await HttpPeer.ReadAsync(context);
            await HttpPeer.RefuseAsync(context, 14, "no");
            context.Response.Headers["grpc-retry-pushback-ms"] = "600";
        });
        await using var channel = await ConnectAsync(peer, new RetryPolicy { MaxAttempts = 5 });

        var call = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Timeout = TimeSpan.FromSeconds(1) }));
        await AdvanceUntilEndAsync(call, otherTimers: 1);

        AssertSays(await call, StatusCode.DeadlineExceeded);
        Assert.Equal(["1000000u", "400000u"], timeouts);
    }

    [Fact(Timeout = Hang)]
    public async Task Cancelling_ends_the_wait_for_the_next_attempt()
    {
        await using var peer = await StartAsync(failures: 1);
        await using var channel = await ConnectAsync(peer, new RetryPolicy());
        using var source = new CancellationTokenSource();

        var call = channel.CallAsync<byte[], byte[]>(Echo, Hello, source.Token).AsTask();
        await EventuallyAsync(() => time.PendingTimers > 0);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Single(bodies);
    }

    private Task<HttpPeer> StartAsync(int failures, int code = 14, string? pushback = null) => HttpPeer.StartAsync(async context =>
    {
        previousAttempts.Enqueue(context.Request.Headers.TryGetValue("grpc-previous-rpc-attempts", out var attempts) ? attempts.ToString() : null);
        bodies.Enqueue(await HttpPeer.ReadAsync(context));
        if (bodies.Count > failures)
        {
            await HttpPeer.AnswerAsync(context, 0, Hello);
            return;
        }

        await HttpPeer.RefuseAsync(context, code, $"failure {bodies.Count}");
        if (pushback is not null)
            context.Response.Headers["grpc-retry-pushback-ms"] = pushback;
    });

    /// <summary>Connects now, so that the only timers are those of the call.</summary>
    private async Task<HawserChannel> ConnectAsync(HttpPeer peer, RetryPolicy policy)
    {
        var channel = peer.Connect(new GrpcClientOptions { Retry = policy }, time: time);
        await channel.OpenAsync();
        await EventuallyAsync(() => time.PendingTimers == 0);
        return channel;
    }

    /// <summary>Lets time pass whenever the call waits for its next attempt.</summary>
    private async Task AdvanceUntilEndAsync(Task call, int otherTimers = 0)
    {
        while (!call.IsCompleted)
        {
            await EventuallyAsync(() => call.IsCompleted || time.PendingTimers > otherTimers);
            if (!call.IsCompleted)
                time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
    }
}
