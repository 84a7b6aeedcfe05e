using Hawser.Cli.Bench;
using Hawser.Testing;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class BenchRunnerTests
{
    [Fact]
    public async Task Bursts_at_a_server_that_is_away_are_not_repeated_for_as_long_as_the_warm_up_lasts()
    {
        var attempts = new Attempts();
        var plan = new BenchPlan { AllInFlight = true, CallsPerConnection = 10, Warmup = TimeSpan.FromSeconds(1) };
        var runner = new BenchRunner<AwayWorkload, Empty>(
            plan, _ => Task.FromResult(HawserChannel.Connect("inproc:nobody")), _ => new AwayWorkload(attempts), new ManualTimeProvider());

        var result = await runner.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(20, attempts.Count);
        Assert.Equal(10, result.Total.Errors);
    }

    private sealed class Attempts
    {
        public int Count { get; set; }
    }

    private readonly struct AwayWorkload(Attempts attempts) : IWorkload<Empty>
    {
        public bool MayBeCutOff => false;

        public ValueTask<Empty> CallAsync(HawserChannel channel, Tally tally)
        {
            // What a clock that stands still could not end.
            if (++attempts.Count > 1000)
                throw new InvalidOperationException("The warm-up goes on for ever.");
            return ValueTask.FromException<Empty>(new RpcException(StatusCode.Unavailable, "Nobody is there.") { NotRun = true });
        }

        public void Count(Empty reply, Tally tally)
        {
        }
    }
}
