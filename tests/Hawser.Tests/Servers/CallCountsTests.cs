using Hawser.Testing;

namespace Hawser.Tests.Servers;

/// <summary>Calls are counted for the whole process: the methods here have names of their own.</summary>
public sealed class CallCountsTests
{
    private readonly Method method = new($"Counted{Guid.NewGuid():N}/Echo");
    private readonly ManualTimeProvider clock = new();
    private readonly CallCounts counts;

    public CallCountsTests()
    {
        var endpoints = new EndpointRegistry(JsonCodec.Default);
        endpoints.Map(method.FullName, (string text) => text);
        counts = new CallCounts(endpoints, clock);
    }

    [Theory]
    [InlineData(Tracing.HawserSystem)]
    [InlineData(Tracing.GrpcSystem)]
    public void Calls_are_counted_with_their_time_and_how_they_ended(string system)
    {
        using var counting = counts.Start();
        End(method, TimeSpan.FromMilliseconds(30), StatusCode.Ok, system);
        End(method, TimeSpan.FromMilliseconds(10), StatusCode.NotFound, system);
        var (name, count) = Assert.Single(counts.All);
        Assert.Equal((method.FullName, 2, 1, 40.0), (name, count.Ended, count.Failed, count.Milliseconds));
    }

    [Fact]
    public void Nothing_is_counted_before_and_after_somebody_watches()
    {
        End(method);
        counts.Start().Dispose();
        End(method);
        Assert.Empty(counts.All);
    }

    [Fact]
    public void Who_watches_first_begins_at_zero()
    {
        using (counts.Start())
            End(method);
        using var again = counts.Start();
        Assert.Empty(counts.All);
        Assert.Equal(TimeSpan.Zero, counts.Elapsed);
    }

    [Fact]
    public void Counting_goes_on_until_the_last_has_enough()
    {
        using var first = counts.Start();
        var second = counts.Start();
        second.Dispose();
        second.Dispose();
        End(method);
        Assert.Equal(1, Assert.Single(counts.All).Value.Ended);
    }

    [Fact]
    public void What_is_not_served_is_not_remembered_whatever_peers_call()
    {
        using var counting = counts.Start();
        for (var i = 0; i < 1000; i++)
            End(new Method($"Random{i}/Method"));
        Assert.Empty(counts.All);
    }

    private void End(Method called, TimeSpan time = default, StatusCode code = StatusCode.Ok, string system = Tracing.HawserSystem)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        var startedAt = clock.GetTimestamp();
        clock.Advance(time);
        new Telemetry(system, "a peer", clock).ServerCallEnded(called, new Status(code, ""), startedAt);
    }
}
