using System.Collections.Concurrent;

namespace Hawser.Conformance.Calls;

/// <summary>Calls that each have a number of their own: how often the server ran each, and what its caller was told.</summary>
public sealed class RunLedger
{
    private readonly ConcurrentDictionary<int, int> _runs = new();
    private readonly ConcurrentBag<int> _answered = [];
    private readonly ConcurrentBag<int> _notRun = [];
    private readonly ConcurrentBag<int> _mayHaveRun = [];
    private int _last;

    public int Answered => _answered.Count;

    public int Ended => _answered.Count + _notRun.Count + _mayHaveRun.Count;

    /// <summary>Serves the calls.</summary>
    public void MapTo(HawserServer server) => server.Map("Test/Run", (int number) =>
    {
        _runs.AddOrUpdate(number, 1, static (_, count) => count + 1);
        return number;
    });

    /// <summary>Makes one call and notes how it ended; nothing but the loss of its connection may end it otherwise than with its reply.</summary>
    public async Task CallAsync(HawserChannel channel)
    {
        var number = Interlocked.Increment(ref _last);
        try
        {
            Assert.Equal(number, await channel.CallAsync<int, int>("Test/Run", number, new CallOptions { WaitForReady = true }));
            _answered.Add(number);
        }
        catch (RpcException exception)
        {
            Assert.Equal(StatusCode.Unavailable, exception.Code);
            (exception.NotRun ? _notRun : _mayHaveRun).Add(number);
        }
    }

    /// <summary>Checks that callers were told what happened.</summary>
    public void AssertKept()
    {
        Assert.Equal(_last, Ended);
        Assert.DoesNotContain(_runs, static run => run.Value > 1);
        Assert.DoesNotContain(_answered, number => !_runs.ContainsKey(number));
        Assert.DoesNotContain(_notRun, _runs.ContainsKey);
    }
}
