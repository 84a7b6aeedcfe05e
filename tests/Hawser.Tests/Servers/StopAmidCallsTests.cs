using System.Collections.Concurrent;

namespace Hawser.Tests.Servers;

/// <summary>A server stops while calls come without a pause: with time to finish those that run, it leaves nobody in doubt about any call.</summary>
public sealed class StopAmidCallsTests
{
    private const int Rounds = 150;
    private const int Callers = 4;
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<int, int> runs = new();
    private int last;

    // In process, a stream has a lane of its own: what is said of the connection does not reach it there.
    [Theory(Timeout = Hang)]
    [InlineData("a unary call")]
    [InlineData("a stream")]
    public async Task Each_call_is_answered_or_was_not_run(string kind)
    {
        var isStream = kind == "a stream";
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = new HawserServer();
            server.Map("Test/Run", RunAsync);
            server.Map("Test/Stream", StreamAsync);
            var address = await server.ListenAsync($"inproc:stop-amid-calls-{round}");
            await using var channel = HawserChannel.Connect(address.OriginalString);
            var answered = new int[Callers];
            var callers = Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallUntilRefusedAsync(channel, isStream, () => Interlocked.Increment(ref answered[caller])))).ToArray();
            await EventuallyAsync(() => answered.All(static count => count > 0) || callers.Any(static caller => caller.IsCompleted));

            await server.StopAsync(Long);

            foreach (var (number, failure) in await Task.WhenAll(callers))
            {
                Assert.True(failure.NotRun, failure.Message);
                Assert.False(runs.ContainsKey(number), $"call {number} has run: {failure.Message}");
            }
        }

        Assert.DoesNotContain(runs, static run => run.Value != 1);
    }

    private async Task<int> RunAsync(int number)
    {
        runs.AddOrUpdate(number, 1, static (_, count) => count + 1);
        await Task.Yield();
        return number;
    }

    private async IAsyncEnumerable<int> StreamAsync(int number)
    {
        yield return await RunAsync(number);
    }

    private async Task<(int Number, RpcException Failure)> CallUntilRefusedAsync(HawserChannel channel, bool isStream, Action answered)
    {
        while (true)
        {
            var number = Interlocked.Increment(ref last);
            try
            {
                var answer = isStream
                    ? (await channel.StreamAsync<int, int>("Test/Stream", number).ToListAsync()).Single()
                    : await channel.CallAsync<int, int>("Test/Run", number);
                Assert.Equal(number, answer);
                answered();
            }
            catch (RpcException exception)
            {
                return (number, exception);
            }
        }
    }
}
