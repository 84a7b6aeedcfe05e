using Hawser.Testing;

namespace Hawser.Tests.Servers;

public sealed class AcceptRateTests
{
    private readonly ManualTimeProvider time = new();

    [Fact]
    public void Without_a_setting_there_is_no_limit() => Assert.Null(AcceptRate.Create(new HawserServerOptions()));

    [Fact(Timeout = Hang)]
    public async Task A_burst_goes_at_once_and_the_rest_at_the_rate()
    {
        var rate = Create(perSecond: 10, burst: 3);
        for (var i = 0; i < 3; i++)
            await TakeAsync(rate);

        var waiting = TakeAsync(rate);
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;
        Assert.False(TakeAsync(rate).IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task A_quiet_time_fills_no_more_than_the_burst()
    {
        var rate = Create(perSecond: 10, burst: 2);
        time.Advance(TimeSpan.FromHours(1));
        await TakeAsync(rate);
        await TakeAsync(rate);

        Assert.False(TakeAsync(rate).IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task Listeners_that_accept_at_the_same_moment_pay_later()
    {
        var rate = Create(perSecond: 1, burst: 1);
        await rate.WaitAsync(CancellationToken.None);
        await rate.WaitAsync(CancellationToken.None);
        rate.Take();
        rate.Take();

        var waiting = rate.WaitAsync(CancellationToken.None).AsTask();
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await waiting;
    }

    [Fact(Timeout = Hang)]
    public async Task Those_that_take_at_once_never_share_a_place()
    {
        var rate = Create(perSecond: 1, burst: 1);
        var takes = Enumerable.Range(0, 3).Select(_ => rate.TakeAsync(CancellationToken.None).AsTask()).ToArray();

        for (var second = 1; second <= 3; second++)
        {
            await EventuallyAsync(() => takes.Count(take => take.IsCompleted) >= second);
            Assert.Equal(second, takes.Count(take => take.IsCompleted));
            await EventuallyAsync(() => second >= 3 || time.PendingTimers >= 3 - second);
            time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task TakeAsync(AcceptRate rate)
    {
        await rate.WaitAsync(CancellationToken.None);
        rate.Take();
    }

    private AcceptRate Create(double perSecond, int burst) =>
        AcceptRate.Create(new HawserServerOptions { MaxAcceptRate = perSecond, AcceptBurst = burst, TimeProvider = time })!;
}
