using Hawser.Transports;

namespace Hawser.Bench.Life.Soak;

/// <summary>The server's side: listens on every transport that this machine has, and is replaced by a new server now and then.</summary>
internal sealed class SoakSite : IAsyncDisposable
{
    private const string Room = "all";

    private static readonly TimeSpan RestartInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BroadcastInterval = TimeSpan.FromMilliseconds(20);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("hawser-soak-");
    private readonly ServerTransportOptions transport;
    private readonly RunWindow runs = new();
    private readonly List<string> addresses = [];
    private readonly List<string> missing = [];
    private HawserServer server;

    private SoakSite()
    {
        transport = ServerTransportOptions.WithCertificate(DevelopmentCertificate.LoadOrCreate(directory.FullName));
        server = NewServer();
    }

    /// <summary>Where clients connect to.</summary>
    public IReadOnlyList<string> Addresses => addresses;

    /// <summary>The transports that this machine does not have, with the reason.</summary>
    public IReadOnlyList<string> Missing => missing;

    public int Restarts { get; private set; }

    /// <summary>How many calls were run more than once.</summary>
    public int RunTwice => runs.Doubles;

    public static async Task<SoakSite> StartAsync()
    {
        var site = new SoakSite();
        foreach (var address in new[] { "tcp://127.0.0.1:0", "tls://127.0.0.1:0", $"unix:{site.directory.FullName}/soak.sock", "quic://127.0.0.1:0" })
        {
            try
            {
                site.addresses.Add((await site.server.ListenAsync(address, site.transport)).OriginalString);
            }
            catch (Exception exception) when (exception is IOException or PlatformNotSupportedException)
            {
                site.missing.Add($"{address}: {exception.Message}");
            }
        }

        return site;
    }

    /// <summary>Stops the server and starts another: once gracefully, once in the middle of everything, by turns.</summary>
    public async Task RestartUntilAsync(CancellationToken end)
    {
        while (await PauseAsync(RestartInterval, end))
        {
            if (Restarts++ % 2 == 0)
                await server.StopAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
            await server.DisposeAsync();
            await PauseAsync(Outage, end);
            var next = NewServer();
            foreach (var address in addresses)
                await next.ListenAsync(address, transport, CancellationToken.None);
            Volatile.Write(ref server, next);
        }
    }

    /// <summary>Tells every client a number, again and again.</summary>
    public async Task BroadcastUntilAsync(CancellationToken end)
    {
        for (var number = 0L; await PauseAsync(BroadcastInterval, end); number++)
            await Volatile.Read(ref server).Groups[Room].PushAsync("Client/Tick", number, SlowClientPolicy.DropOldest);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        directory.Delete(recursive: true);
    }

    /// <summary>Waits.</summary>
    /// <returns>False at the end.</returns>
    internal static async Task<bool> PauseAsync(TimeSpan time, CancellationToken end)
    {
        await Task.Delay(time, TimeProvider.System, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !end.IsCancellationRequested;
    }

    private HawserServer NewServer()
    {
        HawserServer? self = null;
        self = new HawserServer(new HawserServerOptions
        {
            Limits = SoakClient.Limits,
            ConnectionOpening = (connection, _) =>
            {
                self!.Groups[Room].Add(connection);
                return new(Status.Ok);
            },
        });
        SoakService.MapTo(self, runs);
        return self;
    }
}
