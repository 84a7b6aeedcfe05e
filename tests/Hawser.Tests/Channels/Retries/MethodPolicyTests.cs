namespace Hawser.Tests.Channels.Retries;

public sealed class MethodPolicyTests : RetryTest
{
    [Theory]
    [InlineData("Test/Echo", 1)]
    [InlineData("Test/Other", 2)]
    [InlineData("Else/Echo", 3)]
    public async Task The_most_specific_name_counts(string method, int seconds)
    {
        var wire = new ScriptedClient().ThenAnswers(9);
        var invoker = Invoker(wire, ("*", Within(3)), ("Test/*", Within(2)), ("Test/Echo", Within(1)));
        await invoker.CallAsync<byte[], byte[]>(method, Hello);

        Assert.Equal(TimeSpan.FromSeconds(seconds), wire.Attempts[0].Options.Timeout);
    }

    [Fact]
    public async Task A_method_that_no_name_fits_has_no_policy()
    {
        var wire = new ScriptedClient().ThenAnswers(9);
        await CallAsync(Invoker(wire, ("Else/*", Within(1))));

        Assert.Null(wire.Attempts[0].Options.Timeout);
    }

    [Fact]
    public async Task A_call_s_own_options_beat_the_policy_s()
    {
        var wire = new ScriptedClient().ThenAnswers(9);
        var policy = new MethodPolicy { Timeout = TimeSpan.FromSeconds(1), WaitForReady = true };
        await CallAsync(Invoker(wire, ("*", policy)), new CallOptions { Timeout = TimeSpan.FromSeconds(5), WaitForReady = false });

        Assert.Equal(TimeSpan.FromSeconds(5), wire.Attempts[0].Options.Timeout);
        Assert.False(wire.Attempts[0].Options.WaitForReady);
    }

    [Fact]
    public async Task A_policy_makes_calls_wait_for_the_server()
    {
        var wire = new ScriptedClient().ThenAnswers(9);
        await CallAsync(Invoker(wire, ("*", new MethodPolicy { WaitForReady = true })));

        Assert.True(wire.Attempts[0].Options.WaitForReady);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Echo")]
    [InlineData("Test/")]
    [InlineData("/Echo")]
    [InlineData("**")]
    public void A_wrong_name_is_refused(string name) => Assert.Equal(
        $"'{name}' in HawserChannelOptions.Methods is no name of methods; write 'Service/Method', 'Service/*' or '*'.",
        Assert.Throws<ArgumentException>(() => Retrying(new ScriptedClient(), (name, new MethodPolicy()))).Message);

    [Fact]
    public void Hedging_of_what_may_not_run_twice_is_refused() => Assert.Contains(
        "set MethodPolicy.IsIdempotent",
        Assert.Throws<ArgumentException>(() => Retrying(new ScriptedClient(), (Echo, new MethodPolicy { Hedging = new HedgingPolicy() }))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Hedging_and_retrying_together_are_refused() => Assert.Contains(
        "both Retry and Hedging",
        Assert.Throws<ArgumentException>(() => Retrying(
            new ScriptedClient(), (Echo, new MethodPolicy { IsIdempotent = true, Hedging = new HedgingPolicy(), Retry = new RetryPolicy() }))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MethodPolicy { Timeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HedgingPolicy { MaxAttempts = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HedgingPolicy { Delay = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Jitter = 1.1 });
    }

    private static MethodPolicy Within(int seconds) => new() { Timeout = TimeSpan.FromSeconds(seconds) };
}
