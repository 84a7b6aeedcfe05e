using Hawser.Testing;
using Hawser.Transports;

namespace Hawser.Bench.Life.Soak;

/// <summary>One channel over a network of its own, with callers of every kind, and weather that changes.</summary>
internal sealed class SoakClient : IAsyncDisposable
{
    private const int UnaryCallers = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ResetInterval = TimeSpan.FromSeconds(7);

    private static int callers;

    private readonly SimulatedNetwork network;
    private readonly WeatherMaker weather;
    private readonly HawserChannel channel;
    private readonly Random random;
    private long ticks;

    public SoakClient(string address, SoakSite site, int seed)
    {
        Scheme = address[..address.IndexOf(':', StringComparison.Ordinal)];
        random = new Random(seed);
        network = new SimulatedNetwork(seed);
        weather = new WeatherMaker(network, seed);
        channel = HawserChannel.Connect(address, new HawserChannelOptions
        {
            Limits = Limits,
            Transport = ClientTransportOptions.AcceptingAnyCertificate(),
            Transports = network.Transports,
        });
        channel.Endpoints.Map("Client/Double", static (int number) => 2 * number);
        channel.Endpoints.MapOneWay("Client/Tick", (long _) => { Interlocked.Increment(ref ticks); });
        Tallies = [Unary, Streams, Uploads, Callbacks];
    }

    /// <summary>Dead peers are found within four seconds, so that a soak has many of them.</summary>
    public static ConnectionLimits Limits { get; } = new() { KeepAliveInterval = TimeSpan.FromSeconds(2), KeepAliveTimeout = TimeSpan.FromSeconds(2) };

    public string Scheme { get; }

    public IReadOnlyList<Tally> Tallies { get; }

    public long Ticks => Interlocked.Read(ref ticks);

    public int Connections => network.LinksTried;

    private Tally Unary { get; } = new("unary calls");

    private Tally Streams { get; } = new("streams of 1,000 numbers");

    private Tally Uploads { get; } = new("octets up to 1 MiB, with checksum");

    private Tally Callbacks { get; } = new("calls that call their caller");

    public Task RunUntilAsync(CancellationToken end) => Task.WhenAll(
    [
        .. Enumerable.Range(0, UnaryCallers).Select(_ => Task.Run(() => CallUntilAsync(end), CancellationToken.None)),
        Task.Run(() => RepeatAsync(Streams, StreamAsync, end), CancellationToken.None),
        Task.Run(() => RepeatAsync(Uploads, UploadAsync, end), CancellationToken.None),
        Task.Run(() => RepeatAsync(Callbacks, CallBackAsync, end), CancellationToken.None),
        ResetUntilAsync(end),
        weather.ChangeUntilAsync(end),
    ]);

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await network.DisposeAsync();
    }

    private static CallOptions Options => new() { Timeout = Patience, WaitForReady = true };

    private static async Task RepeatAsync(Tally tally, Func<Task<bool>> call, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            await tally.CountAsync(call);
    }

    private async Task CallUntilAsync(CancellationToken end)
    {
        var caller = Interlocked.Increment(ref callers);
        for (var number = 0L; !end.IsCancellationRequested; number++)
        {
            var id = new RunId(caller, number);
            await Unary.CountAsync(async () => await channel.CallAsync<RunId, long>("Soak/Run", id, Options) == id.Number);
        }
    }

    private async Task<bool> StreamAsync()
    {
        var next = 0;
        await foreach (var number in channel.StreamAsync<int, int>("Soak/Numbers", 1_000, Options))
        {
            if (number != next++)
                return false;
        }

        return next == 1_000;
    }

    private async Task<bool> UploadAsync()
    {
        var octets = Octets.Take(random);
        return await channel.UploadAsync<uint>("Soak/Checksum", new MemoryStream(octets), Options) == Octets.Checksum(octets);
    }

    private async Task<bool> CallBackAsync() => await channel.CallAsync<int, int>("Soak/CallMe", 21, Options) == 42;

    private async Task ResetUntilAsync(CancellationToken end)
    {
        while (await SoakSite.PauseAsync(ResetInterval, end))
            channel.Reset();
    }
}
