using Hawser.Testing;

namespace Hawser.Tests.Channels.Names;

public sealed class RaceTests
{
    private readonly ManualTimeProvider clock = new();
    private readonly List<TaskCompletionSource<Prize>> attempts = [];
    private readonly List<CancellationToken> tokens = [];

    [Fact(Timeout = Hang)]
    public async Task The_first_attempt_that_succeeds_at_once_is_the_only_one()
    {
        var race = Start("a", "b");
        attempts[0].SetResult(new Prize());

        Assert.Equal(0, (await race).Winner);
        Assert.Single(attempts);
    }

    [Fact(Timeout = Hang)]
    public async Task The_next_attempt_begins_250_ms_after_the_one_before_it()
    {
        var race = Start("a", "b", "c");

        clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Single(attempts);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await Begun(2, isLast: false);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        await Begun(3);

        attempts[1].SetResult(new Prize());
        Assert.Equal(1, (await race).Winner);
    }

    [Fact(Timeout = Hang)]
    public async Task The_next_attempt_begins_at_once_when_the_one_before_it_has_failed()
    {
        var race = Start("a", "b");
        attempts[0].SetException(new IOException("refused"));
        await Begun(2);
        attempts[1].SetResult(new Prize());

        Assert.Equal(1, (await race).Winner);
        Assert.Equal(clock.Start, clock.GetUtcNow());
    }

    [Fact(Timeout = Hang)]
    public async Task An_attempt_that_is_slow_may_still_win()
    {
        var race = Start("a", "b");
        clock.Advance(Race.HeadStart);
        await Begun(2);
        attempts[1].SetException(new IOException("refused"));
        attempts[0].SetResult(new Prize());

        Assert.Equal(0, (await race).Winner);
    }

    [Fact(Timeout = Hang)]
    public async Task Losers_are_told_to_stop()
    {
        var race = Start("a", "b");
        clock.Advance(Race.HeadStart);
        await Begun(2);
        attempts[1].SetResult(new Prize());
        await race;

        Assert.True(tokens[0].IsCancellationRequested);
    }

    [Fact(Timeout = Hang)]
    public async Task What_a_loser_wins_too_late_is_disposed()
    {
        var race = Start("a", "b");
        clock.Advance(Race.HeadStart);
        await Begun(2);
        var won = new Prize();
        attempts[1].SetResult(won);
        await race;
        var late = new Prize();
        attempts[0].SetResult(late);

        await late.Disposed.Task;
        Assert.False(won.Disposed.Task.IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task When_all_fail_the_failure_names_each_address_and_why()
    {
        var race = Start("10.0.0.1", "[::1]");
        attempts[0].SetException(new IOException("connection refused."));
        await Begun(2);
        attempts[1].SetException(new IOException("no route"));

        var failure = await Assert.ThrowsAsync<IOException>(() => race);
        Assert.Equal("None of 2 addresses can be connected to (10.0.0.1: connection refused; [::1]: no route).", failure.Message);
        Assert.Equal(2, Assert.IsType<AggregateException>(failure.InnerException).InnerExceptions.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task A_single_attempts_failure_stays_as_it_is()
    {
        var race = Start("a");
        var reason = new IOException("refused");
        attempts[0].SetException(reason);

        Assert.Same(reason, await Assert.ThrowsAsync<IOException>(() => race));
    }

    [Fact(Timeout = Hang)]
    public async Task An_attempt_that_throws_before_it_waits_has_failed_like_any_other()
    {
        var (winner, _) = await Race.RunAsync<Prize>(
            ["a", "b"], (i, _) => i == 0 ? throw new IOException("at once") : Task.FromResult(new Prize()), clock, TestContext.Current.CancellationToken);

        Assert.Equal(1, winner);
    }

    [Fact(Timeout = Hang)]
    public async Task A_race_that_is_cancelled_ends_with_its_callers_token_though_no_attempt_stops()
    {
        using var cancel = new CancellationTokenSource();
        var race = Start(cancel.Token, "a", "b");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race);
        Assert.True(tokens[0].IsCancellationRequested);
        Assert.Single(attempts);
    }

    private Task<(int Winner, Prize Result)> Start(params string[] names) => Start(TestContext.Current.CancellationToken, names);

    private Task<(int Winner, Prize Result)> Start(CancellationToken cancellationToken, params string[] names) => Race.RunAsync(
        names,
        (_, over) =>
        {
            var attempt = new TaskCompletionSource<Prize>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (attempts)
            {
                tokens.Add(over);
                attempts.Add(attempt);
            }

            return attempt.Task;
        },
        clock,
        cancellationToken);

    /// <summary>Waits until that many attempts have begun and, unless it was the last, the head start of the next one counts.</summary>
    private Task Begun(int count, bool isLast = true) => EventuallyAsync(() =>
    {
        lock (attempts)
            return attempts.Count >= count && (isLast || clock.PendingTimers > 0);
    });

    private sealed class Prize : IAsyncDisposable
    {
        public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask DisposeAsync()
        {
            Disposed.SetResult();
            return default;
        }
    }
}
