using System.Text.Json;
using System.Threading.Channels;
using Hawser.Cli.Bench;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class BenchTests
{
    [Fact]
    public void Callers_are_shared_out_over_the_connections()
    {
        var plan = new BenchPlan { Connections = 8, Callers = 100 };
        Assert.Equal([13, 13, 13, 13, 12, 12, 12, 12], Enumerable.Range(0, 8).Select(plan.CallersOf));
    }

    [Fact]
    public void The_warm_up_is_told() => Assert.Contains("2 s of warm-up on connections of its own (not measured)", new BenchPlan().Describe(), StringComparison.Ordinal);

    [Fact]
    public async Task A_call_is_due_at_its_time_even_when_the_pacer_is_late()
    {
        var due = Channel.CreateUnbounded<long>();
        var pacer = new Pacer(1000, [due.Writer], TimeProvider.System);
        var longAgo = TimeProvider.System.GetTimestamp() - TimeProvider.System.TimestampFrequency;
        await pacer.RunAsync(longAgo, calls: 5, long.MaxValue, TestContext.Current.CancellationToken);
        var times = await due.Reader.ReadAllAsync(TestContext.Current.CancellationToken).ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => longAgo + (i * TimeProvider.System.TimestampFrequency / 1000)), times);
    }

    [Fact]
    public void The_pace_does_not_drift()
    {
        var pacer = new Pacer(3, [], TimeProvider.System);
        Assert.Equal(1_000_000 * TimeProvider.System.TimestampFrequency, pacer.DueAt(0, 3_000_000));
    }

    [Fact]
    public void Json_has_every_figure_in_its_unit()
    {
        var tally = new Tally { Calls = 500, MessagesSent = 500, MessagesReceived = 1000, BytesReceived = 4000, Errors = 2, FirstError = new Status(StatusCode.NotFound, "x") };
        for (var i = 1; i <= 100; i++)
            tally.Latencies.Record(i);
        var result = new BenchResult(tally, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), TicksPerSecond: 1_000_000);
        var json = JsonElement.Parse(BenchReport.Json(result));
        var expected = new (string Name, double Value)[]
        {
            ("calls_per_second", 250), ("calls_per_second_with_connecting", 100), ("messages_per_second", 500), ("bytes_per_second", 2000),
            ("p50_us", 50), ("p90_us", 90), ("p99_us", 99), ("p999_us", 100), ("max_us", 100), ("errors", 2),
        };
        Assert.All(expected, figure => Assert.Equal(figure.Value, json.GetProperty(figure.Name).GetDouble()));
        Assert.Equal("NotFound: x", json.GetProperty("first_error").GetString());
    }

    [Fact]
    public void A_bench_without_a_single_call_still_reports() =>
        Assert.NotEmpty(BenchReport.Text(new BenchResult(new Tally(), TimeSpan.Zero, TimeSpan.Zero, 1), 80));
}
