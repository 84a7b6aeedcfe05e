using System.Collections.Concurrent;
using Hawser.Testing;

namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>Links are cut while calls of every kind begin, run and end: what callers are told is true, and in our words.</summary>
public sealed class CutLinkTests : GrpcLifeTest
{
    private readonly ConcurrentDictionary<int, int> runs = new();
    private readonly ConcurrentQueue<(int Number, RpcException Failure)> failures = new();
    private int last;

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Calls_that_begin_while_links_are_cut_fail_as_promised(int maxConnections)
    {
        var server = await ServeAsync();
        server.Map("Test/Run", (int number) => Run(number));
        server.Map("Test/Count", (int number) => Counted(Run(number)));
        var channel = Connect(Options(maxConnections));
        var random = new Random(23);

        for (var round = 0; round < 300; round++)
        {
            if (round % 3 == 0)
                Network.CutAfter(random.Next(1, 1_500), (LinkDirection)random.Next(2));
            var calls = new List<Task>();
            for (var i = 0; i < 3; i++)
            {
                calls.Add(CallAsync(number => channel.CallAsync<int, int>("Test/Run", number).AsTask()));
                calls.Add(CallAsync(number => channel.CallAsync<int, int>("Test/Run", number, new CallOptions { WaitForReady = true }).AsTask()));
                calls.Add(CallAsync(number => ReadAsync(channel.StreamAsync<int, int>("Test/Count", number))));
            }

            if (round % 7 == 0)
                Network.Cut();
            await Task.WhenAll(calls);
        }

        Assert.NotEmpty(failures);
        Assert.All(failures, one =>
        {
            Assert.Equal(StatusCode.Unavailable, one.Failure.Code);
            Assert.Contains(one.Failure.NotRun ? "not run" : "may have run", one.Failure.Status.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("current state of the object", one.Failure.Status.Text, StringComparison.Ordinal);
            Assert.False(one.Failure.NotRun && runs.ContainsKey(one.Number), one.Failure.Status.Text);
        });
        Assert.DoesNotContain(runs, static run => run.Value > 1);
    }

    [Fact(Timeout = Hang)]
    public async Task The_end_of_a_response_is_understood_whenever_it_comes()
    {
        var server = await ServeAsync();
        server.Map("Test/Count", (int number) => Counted(number));
        var channel = Connect(Options(maxConnections: 1));

        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), TestContext.Current.CancellationToken, async (number, _) =>
            Assert.Equal(2, await ReadAsync(channel.StreamAsync<int, int>("Test/Count", number))));
    }

    private static async IAsyncEnumerable<int> Counted(int number)
    {
        yield return number;
        await Task.Yield();
        yield return number;
        await Task.Yield();
    }

    private static async Task<int> ReadAsync(IAsyncEnumerable<int> stream)
    {
        var count = 0;
        await foreach (var _ in stream)
            count++;
        return count;
    }

    private int Run(int number)
    {
        runs.AddOrUpdate(number, 1, static (_, count) => count + 1);
        return number;
    }

    private async Task CallAsync(Func<int, Task> call)
    {
        var number = Interlocked.Increment(ref last);
        try
        {
            await call(number);
        }
        catch (RpcException failure)
        {
            failures.Enqueue((number, failure));
        }
    }

    private HawserChannelOptions Options(int maxConnections) => new()
    {
        Transports = Network.Transports,
        Wires = Wires(maxConnections),
        Reconnect = new ReconnectOptions { Backoff = static _ => TimeSpan.Zero, WatchesNetwork = false },
    };
}
