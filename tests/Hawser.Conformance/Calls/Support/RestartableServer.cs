using System.Collections.Concurrent;

namespace Hawser.Conformance.Calls;

/// <summary>A server that is stopped and started again at the same address, and notes which calls it has run.</summary>
/// <param name="wire">What it is called over.</param>
/// <param name="runs">How often each call, by its number, has run; shared with other servers.</param>
/// <param name="address">Where to listen the first time.</param>
public sealed class RestartableServer(WireUnderTest wire, ConcurrentDictionary<int, int> runs, string address) : IAsyncDisposable
{
    private HawserServer _server = new();
    private HeldCall? _hold;

    public string Address { get; private set; } = address;

    public async Task StartAsync()
    {
        _server = new HawserServer(new HawserServerOptions { Transports = wire.Transport.Transports, Wires = wire.Wires });
        _server.Map("Test/Run", RunAsync);
        _server.Map("Test/Stream", StreamAsync);
        Address = (await _server.ListenAsync(Address, wire.Transport.ServerOptions)).OriginalString;
    }

    /// <summary>Stops when the calls in flight have ended, however long that takes.</summary>
    public Task StopAsync() => _server.StopAsync(TimeSpan.FromHours(1));

    /// <summary>Keeps the next call that arrives in flight until it is released; those after it are answered.</summary>
    public HeldCall HoldNextCall() => _hold = new HeldCall();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<int> RunAsync(int number)
    {
        runs.AddOrUpdate(number, 1, static (_, count) => count + 1);
        if (Interlocked.Exchange(ref _hold, null) is { } hold)
        {
            hold.Started.Fire();
            await hold.Released.Fired;
        }

        await Task.Yield();
        return number;
    }

    private async IAsyncEnumerable<int> StreamAsync(int number)
    {
        yield return await RunAsync(number);
    }

    /// <summary>A call that is in flight as long as a test wants it to be.</summary>
    public sealed class HeldCall
    {
        public Signal Started { get; } = new();

        public Signal Released { get; } = new();
    }
}
