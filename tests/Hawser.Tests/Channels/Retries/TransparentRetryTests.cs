using Microsoft.Extensions.Logging;

namespace Hawser.Tests.Channels.Retries;

/// <summary>What was certainly not run is tried again without being asked for.</summary>
public sealed class TransparentRetryTests : RetryTest
{
    [Fact]
    public async Task A_call_that_was_not_run_is_tried_again_with_the_same_request_and_metadata()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable(), notRun: true).ThenAnswers(9);
        var metadata = new Metadata().Add("who", "me");

        Assert.Equal([9], await CallAsync(Invoker(wire), new CallOptions { Metadata = metadata }));
        Assert.Equal([Hello, Hello], wire.Attempts.Select(attempt => attempt.Request));
        Assert.All(wire.Attempts, attempt => Assert.Same(metadata, attempt.Options.Metadata));
    }

    [Fact]
    public async Task A_server_that_never_takes_the_call_is_not_asked_for_ever()
    {
        var wire = new ScriptedClient();
        for (var i = 0; i < 100; i++)
            wire.ThenFails(ScriptedClient.Unavailable(), notRun: true);

        var failure = await FailureOfAsync(CallAsync(Invoker(wire)));
        Assert.True(failure.NotRun);
        Assert.Equal(1 + CallAttempts.MaxTransparent, wire.Attempts.Count);
    }

    [Fact]
    public async Task That_no_connection_could_be_made_is_told_at_once()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable("refused", isConnectFailure: true), notRun: true);

        var failure = await FailureOfAsync(CallAsync(Invoker(wire)));
        Assert.Equal("refused", failure.Status.Text);
        Assert.True(failure.NotRun);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task When_the_next_attempt_finds_no_connection_that_is_the_reason_and_told_at_once()
    {
        var wire = new ScriptedClient()
            .ThenFails(ScriptedClient.Unavailable("going away"), notRun: true)
            .ThenFails(ScriptedClient.Unavailable("refused", isConnectFailure: true), notRun: true);

        var failure = await FailureOfAsync(CallAsync(Invoker(wire)));
        Assert.Equal("refused", failure.Status.Text);
        Assert.Equal(2, wire.Attempts.Count);
    }

    [Fact]
    public async Task A_call_that_may_have_run_is_not_tried_again()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable(), notRun: false).ThenAnswers(9);

        Assert.False((await FailureOfAsync(CallAsync(Invoker(wire)))).NotRun);
        Assert.Single(wire.Attempts);
    }

    [Theory]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Unimplemented)]
    public async Task Only_what_is_unavailable_is_tried_again(StatusCode code)
    {
        var wire = new ScriptedClient().ThenFails(new Status(code, "no"), notRun: true).ThenAnswers(9);

        Assert.Equal(code, (await FailureOfAsync(CallAsync(Invoker(wire)))).Code);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task The_deadline_that_remains_travels()
    {
        var wire = new ScriptedClient();
        var call = CallAsync(Invoker(wire), new CallOptions { Timeout = TimeSpan.FromSeconds(1) });
        var first = await wire.NextAttemptAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(300));
        first.TryFail(ScriptedClient.Unavailable(), notRun: true);
        var second = await wire.NextAttemptAsync();
        second.Answer(9);

        Assert.Equal([9], await call);
        Assert.Equal(TimeSpan.FromSeconds(1), first.Options.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(700), second.Options.Timeout);
    }

    [Fact]
    public async Task Nothing_is_tried_again_past_the_deadline()
    {
        var wire = new ScriptedClient();
        var call = CallAsync(Invoker(wire), new CallOptions { Timeout = TimeSpan.FromSeconds(1) });
        var first = await wire.NextAttemptAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        first.TryFail(ScriptedClient.Unavailable("gone"), notRun: true);

        Assert.Equal("gone", (await FailureOfAsync(call)).Status.Text);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task Nothing_is_tried_again_once_the_caller_has_given_up()
    {
        using var cancel = new CancellationTokenSource();
        var wire = new ScriptedClient();
        var call = CallAsync(Invoker(wire), cancel.Token);
        var first = await wire.NextAttemptAsync();
        await cancel.CancelAsync();
        first.TryFail(ScriptedClient.Unavailable(), notRun: true);

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task Nothing_is_tried_again_once_the_channel_is_disposed()
    {
        var wire = new ScriptedClient();
        var client = Retrying(wire);
        var call = CallAsync(new ClientInvoker(client));
        var first = await wire.NextAttemptAsync();
        await client.DisposeAsync();
        first.TryFail(ScriptedClient.Unavailable("disposed"), notRun: true);

        Assert.Equal("disposed", (await FailureOfAsync(call)).Status.Text);
        Assert.Single(wire.Attempts);
        Assert.True(wire.IsDisposed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5000)]
    [InlineData(KeptRequest.MaxSize)]
    public async Task A_request_of_any_kept_size_is_sent_again_as_it_was(int size)
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable(), notRun: true).ThenAnswers(9);
        byte[] request = [.. Enumerable.Range(0, size).Select(i => (byte)(i * 7))];

        await Invoker(wire).CallAsync<byte[], byte[]>(Echo, request);
        Assert.Equal(request, wire.Attempts[1].Request);
    }

    [Fact]
    public async Task A_request_too_large_to_be_kept_is_not_tried_again_and_says_that_it_was_not_run()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable(), notRun: true);

        var failure = await FailureOfAsync(Invoker(wire).CallAsync<byte[], byte[]>(Echo, new byte[KeptRequest.MaxSize + 1]).AsTask());
        Assert.True(failure.NotRun);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task A_second_attempt_does_not_send_the_request_of_a_call_that_was_made_meanwhile()
    {
        var wire = new ScriptedClient();
        var invoker = Invoker(wire);
        var call = CallAsync(invoker);
        var first = await wire.NextAttemptAsync();
        for (byte i = 0; i < 100; i++)
        {
            wire.ThenAnswers(i);
            await invoker.CallAsync<byte[], byte[]>(Echo, [i, i, i]);
            await wire.NextAttemptAsync();
        }

        first.TryFail(ScriptedClient.Unavailable(), notRun: true);
        var second = await wire.NextAttemptAsync();
        second.Answer(9);
        await call;

        Assert.Equal(Hello, second.Request);
    }

    [Fact]
    public async Task A_notification_that_could_not_be_sent_is_tried_again()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable(), notRun: true).ThenAnswers();
        await Invoker(wire).NotifyAsync(Echo, Hello);

        Assert.Equal(2, wire.Attempts.Count);
    }

    [Fact]
    public async Task The_caller_learns_how_many_attempts_there_were()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable(), notRun: true).ThenAnswers(9).ThenAnswers(9);
        var invoker = Invoker(wire);
        var (twice, once) = (new CallResult(), new CallResult());
        await CallAsync(invoker, new CallOptions { Result = twice });
        await CallAsync(invoker, new CallOptions { Result = once });

        Assert.Equal((2, 1), (twice.Attempts, once.Attempts));
    }

    [Fact]
    public async Task Every_attempt_that_is_followed_by_another_is_logged_at_debug()
    {
        using var log = new RecordingLoggerFactory();
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable(), notRun: true).ThenAnswers(9);
        await CallAsync(new ClientInvoker(new RetryingClient(wire, new HawserChannelOptions { LoggerFactory = log })));

        Assert.Equal((LogLevel.Debug, "Attempt 1 of Test/Echo failed (Unavailable: gone); the next begins in 0 ms"), Assert.Single(log.Entries));
    }

    [Fact]
    public async Task Keeping_requests_allocates_nothing()
    {
        var wire = new EchoClient();
        var invoker = new ClientInvoker(new RetryingClient(wire, new HawserChannelOptions()));
        ReadOnlyMemory<byte> request = Hello;
        async ValueTask CallOnce()
        {
            var call = invoker.CallAsync<ReadOnlyMemory<byte>, Empty>(Echo, request);
            wire.Answer();
            await call;
        }

        for (var i = 0; i < 1000; i++)
            await CallOnce();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            await CallOnce();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }
}
