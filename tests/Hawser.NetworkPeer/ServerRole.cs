using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Hawser.Transports;

namespace Hawser.NetworkPeer;

/// <summary>Serves numbers without end, and calls of which it remembers how often each was run.</summary>
internal static class ServerRole
{
    private static readonly TimeSpan NumberInterval = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(string[] addresses)
    {
        var runs = new ConcurrentDictionary<long, int>();
        await using var server = new HawserServer();
        server.Map("Test/Run", (long id) => runs.AddOrUpdate(id, 1, static (_, count) => count + 1));
        server.Map("Test/Numbers", (long from, CancellationToken cancellationToken) => CountAsync(from, cancellationToken));
        server.Map("Test/Audit", (Ledger ledger) => Audit.Of(ledger, runs));

        using var certificate = DevelopmentCertificate.LoadOrCreate(Directory.CreateTempSubdirectory("hawser-").FullName);
        foreach (var address in addresses)
        {
            try
            {
                await server.ListenAsync(address, ServerTransportOptions.WithCertificate(certificate));
            }
            catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException)
            {
                Console.WriteLine($"without {address}: {exception.Message}");
            }
        }

        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async IAsyncEnumerable<long> CountAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var pace = new PeriodicTimer(NumberInterval);
        for (var number = from; ; number++)
        {
            yield return number;
            await pace.WaitForNextTickAsync(cancellationToken);
        }
    }
}
