namespace Hawser.Tests.Channels.Retries;

/// <summary>What is tried again because the method, its contract, the call or a policy says so.</summary>
public sealed class RetryPolicyTests : RetryTest
{
    private static readonly Status Lost = ScriptedClient.Unavailable("lost");

    [RpcService("Test")]
    internal interface IContract
    {
        [RpcMethod(Idempotent = true)]
        Task<string> Get(string key, CallOptions options);

        Task<string> Add(string key);
    }

    [Fact]
    public async Task An_idempotent_call_that_may_have_run_is_tried_again_after_a_wait()
    {
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false).ThenAnswers(9);
        var call = CallAsync(Invoker(wire), new CallOptions { IsIdempotent = true });
        await AdvanceUntilEndAsync(call);

        Assert.Equal([9], await call);
        Assert.InRange(Clock.GetUtcNow() - Clock.Start, TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(121));
    }

    [Fact]
    public async Task A_policy_says_that_a_method_is_idempotent()
    {
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false).ThenAnswers(9);
        var call = CallAsync(Invoker(wire, (Echo, new MethodPolicy { IsIdempotent = true })));
        await AdvanceUntilEndAsync(call);

        Assert.Equal([9], await call);
    }

    [Fact]
    public async Task A_call_s_own_word_beats_the_policy_s()
    {
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false);
        await FailureOfAsync(CallAsync(Invoker(wire, (Echo, new MethodPolicy { IsIdempotent = true })), new CallOptions { IsIdempotent = false }));

        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task The_contract_says_that_a_method_is_idempotent()
    {
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false).ThenAnswers("\"v\""u8.ToArray()).ThenFails(Lost, notRun: false);
        var client = Invoker(wire).CreateClient<IContract>();
        var get = client.Get("k", default);
        await AdvanceUntilEndAsync(get);

        Assert.Equal("v", await get);
        await FailureOfAsync(client.Add("k"));
        Assert.Equal(["Test/Get", "Test/Get", "Test/Add"], wire.Attempts.Select(attempt => attempt.Method.FullName));
    }

    [Fact]
    public async Task A_caller_may_say_otherwise_than_the_contract()
    {
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false);
        await FailureOfAsync(Invoker(wire).CreateClient<IContract>().Get("k", new CallOptions { IsIdempotent = false }));

        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task Once_an_attempt_may_have_run_the_call_is_never_said_to_be_not_run()
    {
        var wire = new ScriptedClient()
            .ThenFails(Lost, notRun: false)
            .ThenFails(ScriptedClient.Unavailable("refused", isConnectFailure: true), notRun: true)
            .ThenFails(ScriptedClient.Unavailable("refused", isConnectFailure: true), notRun: true);
        var call = FailureOfAsync(CallAsync(Invoker(wire), new CallOptions { IsIdempotent = true }));
        await AdvanceUntilEndAsync(call);

        Assert.False((await call).NotRun);
        Assert.Equal(3, wire.Attempts.Count);
    }

    [Fact]
    public async Task An_idempotent_call_that_finds_no_connection_at_first_is_told_at_once()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable("refused", isConnectFailure: true), notRun: true);
        Assert.True((await FailureOfAsync(CallAsync(Invoker(wire), new CallOptions { IsIdempotent = true }))).NotRun);
    }

    [Fact]
    public async Task A_policy_without_idempotence_retries_only_what_was_not_run()
    {
        var policy = new MethodPolicy { Retry = new RetryPolicy { RetryableStatusCodes = new HashSet<StatusCode> { StatusCode.ResourceExhausted, StatusCode.Unavailable } } };
        var full = new Status(StatusCode.ResourceExhausted, "full");
        var wire = new ScriptedClient().ThenFails(full, notRun: true).ThenFails(full, notRun: false).ThenAnswers(9);
        var call = FailureOfAsync(CallAsync(Invoker(wire, (Echo, policy))));
        await AdvanceUntilEndAsync(call);

        Assert.False((await call).NotRun);
        Assert.Equal(2, wire.Attempts.Count);
    }

    [Fact]
    public async Task A_policy_waits_for_a_server_that_cannot_be_reached()
    {
        var wire = new ScriptedClient().ThenFails(ScriptedClient.Unavailable("refused", isConnectFailure: true), notRun: true).ThenAnswers(9);
        var call = CallAsync(Invoker(wire, (Echo, new MethodPolicy { Retry = new RetryPolicy() })));
        await AdvanceUntilEndAsync(call);

        Assert.Equal([9], await call);
    }

    [Fact]
    public async Task Waits_grow_to_a_most_and_attempts_end()
    {
        var policy = new MethodPolicy
        {
            IsIdempotent = true,
            Retry = new RetryPolicy { MaxAttempts = 5, InitialBackoff = TimeSpan.FromSeconds(1), BackoffMultiplier = 3, MaxBackoff = TimeSpan.FromSeconds(4), Jitter = 0 },
        };
        var wire = new ScriptedClient();
        var call = FailureOfAsync(CallAsync(Invoker(wire, (Echo, policy))));
        var begun = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var next = wire.NextAttemptAsync();
            await AdvanceUntilEndAsync(next);
            begun.Add(Clock.GetUtcNow() - Clock.Start);
            (await next).TryFail(Lost, notRun: false);
        }

        Assert.Equal("lost", (await call).Status.Text);
        Assert.Equal([0, 1, 4, 8, 12], begun.Select(time => time.TotalSeconds));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_waits()
    {
        async Task<TimeSpan> WaitAsync()
        {
            var from = Clock.GetUtcNow();
            var wire = new ScriptedClient().ThenFails(Lost, notRun: false).ThenAnswers(9);
            var policy = new MethodPolicy { IsIdempotent = true, Retry = new RetryPolicy { Jitter = 1, Random = new Random(4) } };
            await AdvanceUntilEndAsync(CallAsync(Invoker(wire, (Echo, policy))));
            return Clock.GetUtcNow() - from;
        }

        Assert.Equal(await WaitAsync(), await WaitAsync());
    }

    [Fact]
    public async Task The_server_says_when_to_try_again()
    {
        var pushback = new Metadata().Add("grpc-retry-pushback-ms", "7000");
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false, pushback).ThenAnswers(9);
        await AdvanceUntilEndAsync(CallAsync(Invoker(wire), new CallOptions { IsIdempotent = true }));

        Assert.Equal(TimeSpan.FromSeconds(7), Clock.GetUtcNow() - Clock.Start);
    }

    [Fact]
    public async Task The_server_says_not_to_try_again()
    {
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false, new Metadata().Add("grpc-retry-pushback-ms", "-1"));
        await FailureOfAsync(CallAsync(Invoker(wire), new CallOptions { IsIdempotent = true }));

        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task A_wait_that_would_outlast_the_deadline_is_not_begun()
    {
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false);
        var failure = await FailureOfAsync(CallAsync(Invoker(wire), new CallOptions { IsIdempotent = true, Timeout = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal("lost", failure.Status.Text);
    }

    [Fact]
    public async Task A_caller_who_gives_up_during_a_wait_is_let_go_at_once()
    {
        using var cancel = new CancellationTokenSource();
        var wire = new ScriptedClient();
        var call = CallAsync(Invoker(wire), new CallOptions { IsIdempotent = true, CancellationToken = cancel.Token });
        (await wire.NextAttemptAsync()).TryFail(Lost, notRun: false);
        await cancel.CancelAsync();

        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).CancellationToken);
    }

    [Fact]
    public async Task A_channel_that_is_disposed_during_a_wait_ends_the_call()
    {
        var wire = new ScriptedClient();
        var client = Retrying(wire);
        var call = CallAsync(new ClientInvoker(client), new CallOptions { IsIdempotent = true });
        (await wire.NextAttemptAsync()).TryFail(Lost, notRun: false);
        await EventuallyAsync(() => Clock.PendingTimers > 0);
        await client.DisposeAsync();

        var failure = await FailureOfAsync(call);
        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.False(failure.NotRun);
    }

    [Fact]
    public async Task Many_failures_stop_all_retries_until_calls_succeed_again()
    {
        var policy = new MethodPolicy { IsIdempotent = true, Retry = new RetryPolicy { MaxTokens = 4, TokenRatio = 1 } };
        var wire = new ScriptedClient().ThenFails(Lost, notRun: false).ThenFails(Lost, notRun: false).ThenFails(Lost, notRun: false);
        var invoker = Invoker(wire, (Echo, policy));
        var first = FailureOfAsync(CallAsync(invoker));
        await AdvanceUntilEndAsync(first);
        Assert.Equal(2, wire.Attempts.Count);
        await FailureOfAsync(CallAsync(invoker));
        Assert.Equal(3, wire.Attempts.Count);

        wire.ThenAnswers(1).ThenAnswers(1).ThenAnswers(1).ThenFails(Lost, notRun: false).ThenAnswers(9);
        for (var i = 0; i < 3; i++)
            await CallAsync(invoker);
        var last = CallAsync(invoker);
        await AdvanceUntilEndAsync(last);
        Assert.Equal([9], await last);
    }

    [Fact]
    public async Task A_wire_with_a_policy_of_its_own_is_not_retried_over()
    {
        var wire = new ScriptedClient { HasOwnPolicy = true }.ThenFails(Lost, notRun: false);
        await FailureOfAsync(CallAsync(Invoker(wire, (Echo, new MethodPolicy { IsIdempotent = true, Retry = new RetryPolicy() }))));

        Assert.Single(wire.Attempts);
    }
}
