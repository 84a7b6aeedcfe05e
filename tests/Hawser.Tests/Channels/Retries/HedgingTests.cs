namespace Hawser.Tests.Channels.Retries;

public sealed class HedgingTests : RetryTest
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);

    private readonly ScriptedClient wire = new();

    [Fact]
    public async Task A_call_that_is_answered_in_time_is_made_once()
    {
        var call = Start();
        (await wire.NextAttemptAsync()).Answer(1);

        Assert.Equal([1], await call);
        Assert.Single(wire.Attempts);
        Assert.Equal(0, Clock.PendingTimers);
    }

    [Fact]
    public async Task The_first_good_answer_wins_and_the_other_attempts_are_cancelled()
    {
        var call = Start();
        var first = await wire.NextAttemptAsync();
        Clock.Advance(Delay);
        var second = await wire.NextAttemptAsync();
        Assert.Equal(Hello, second.Request);
        second.Answer(2);

        Assert.Equal([2], await call);
        Assert.True(first.Options.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task A_late_first_attempt_may_still_win()
    {
        var call = Start();
        var first = await wire.NextAttemptAsync();
        Clock.Advance(Delay);
        var second = await wire.NextAttemptAsync();
        first.Answer(1);
        second.Answer(2);

        Assert.Equal([1], await call);
    }

    [Fact]
    public async Task There_are_no_more_attempts_than_the_policy_allows()
    {
        var result = new CallResult();
        var call = Start(new CallOptions { Result = result });
        for (var i = 0; i < 3; i++)
        {
            await wire.NextAttemptAsync();
            Clock.Advance(Delay);
        }

        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, wire.Attempts.Count);
        wire.Attempts[2].Answer(3);
        Assert.Equal([3], await call);
        Assert.Equal(3, result.Attempts);
    }

    [Fact]
    public async Task A_failure_that_is_not_fatal_has_the_next_attempt_made_at_once()
    {
        var call = Start();
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: false);
        (await wire.NextAttemptAsync()).Answer(2);

        Assert.Equal([2], await call);
        Assert.Equal(Clock.Start, Clock.GetUtcNow());
    }

    [Fact]
    public async Task A_fatal_failure_is_the_call_s_and_ends_the_other_attempts()
    {
        var call = Start();
        var first = await wire.NextAttemptAsync();
        Clock.Advance(Delay);
        (await wire.NextAttemptAsync()).TryFail(new Status(StatusCode.NotFound, "no"), notRun: false);

        Assert.Equal(StatusCode.NotFound, (await FailureOfAsync(call)).Code);
        Assert.True(first.Options.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task When_all_fail_the_last_failure_is_the_call_s()
    {
        var call = Start();
        for (var i = 1; i <= 3; i++)
            (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable($"{i}"), notRun: true);

        var failure = await FailureOfAsync(call);
        Assert.Equal("3", failure.Status.Text);
        Assert.True(failure.NotRun);
    }

    [Fact]
    public async Task A_call_of_which_one_attempt_may_have_run_is_not_said_to_be_not_run()
    {
        var call = Start();
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: false);
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: true);
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: true);

        Assert.False((await FailureOfAsync(call)).NotRun);
    }

    [Fact]
    public async Task A_server_may_forbid_further_attempts()
    {
        var call = Start();
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: false, new Metadata().Add("grpc-retry-pushback-ms", "-1"));

        await FailureOfAsync(call);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task A_server_may_put_the_next_attempt_off()
    {
        var call = Start();
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: false, new Metadata().Add("grpc-retry-pushback-ms", "2000"));
        Clock.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.Single(wire.Attempts);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await wire.NextAttemptAsync()).Answer(2);

        Assert.Equal([2], await call);
    }

    [Fact]
    public async Task A_server_that_puts_the_next_attempt_off_beyond_the_deadline_has_the_last_word()
    {
        var call = Start(new CallOptions { Timeout = TimeSpan.FromSeconds(2) });
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: false, new Metadata().Add("grpc-retry-pushback-ms", "2147483647"));

        Assert.Equal(StatusCode.Unavailable, (await FailureOfAsync(call)).Code);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task A_caller_may_give_up_while_the_next_attempt_is_put_off()
    {
        using var cancel = new CancellationTokenSource();
        var call = Start(cancel.Token);
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: false, new Metadata().Add("grpc-retry-pushback-ms", "2147483647"));
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task The_deadline_that_remains_travels()
    {
        var call = Start(new CallOptions { Timeout = TimeSpan.FromSeconds(2) });
        await wire.NextAttemptAsync();
        Clock.Advance(Delay);
        var second = await wire.NextAttemptAsync();
        second.Answer(2);
        await call;

        Assert.Equal(TimeSpan.FromSeconds(1.5), second.Options.Timeout);
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_every_attempt()
    {
        using var cancel = new CancellationTokenSource();
        var call = Start(cancel.Token);
        await wire.NextAttemptAsync();
        Clock.Advance(Delay);
        await wire.NextAttemptAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.All(wire.Attempts, attempt => Assert.True(attempt.Options.CancellationToken.IsCancellationRequested));
    }

    [Fact]
    public async Task An_attempt_that_began_as_another_was_put_off_has_the_last_word()
    {
        var late = new LateTimers(Clock);
        var plan = new MethodPolicy { IsIdempotent = true, Hedging = new HedgingPolicy { Delay = Delay } };
        var invoker = new ClientInvoker(new RetryingClient(
            wire, new HawserChannelOptions { TimeProvider = late, Methods = new Dictionary<string, MethodPolicy>(StringComparer.Ordinal) { [Echo] = plan } }));
        var call = CallAsync(invoker);
        (await wire.NextAttemptAsync()).TryFail(ScriptedClient.Unavailable(), notRun: false, new Metadata().Add("grpc-retry-pushback-ms", "2000"));
        late.FireFirst();
        var second = await wire.NextAttemptAsync();

        // Four more failures leave too few tokens for a third attempt.
        for (var i = 0; i < 4; i++)
            wire.ThenFails(ScriptedClient.Unavailable(), notRun: false);
        await FailureOfAsync(CallAsync(invoker));
        await FailureOfAsync(CallAsync(invoker));
        Clock.Advance(TimeSpan.FromSeconds(2));
        second.Answer(2);

        Assert.Equal([2], await call);
    }

    private Task<byte[]> Start(CallOptions options = default) =>
        CallAsync(Invoker(wire, (Echo, new MethodPolicy { IsIdempotent = true, Hedging = new HedgingPolicy { Delay = Delay } })), options);

    /// <summary>A clock whose first timer may fire after it was stopped, as one does that was already firing.</summary>
    private sealed class LateTimers(TimeProvider clock) : TimeProvider
    {
        private Action? first;

        public override long TimestampFrequency => clock.TimestampFrequency;

        public void FireFirst() => first!();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            first ??= () => callback(state);
            return clock.CreateTimer(callback, state, dueTime, period);
        }
    }
}
