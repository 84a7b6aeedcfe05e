using System.Runtime.CompilerServices;

namespace Hawser.Bench.Life.Soak;

/// <summary>What is served: a call of each kind, and one that calls its caller.</summary>
internal static class SoakService
{
    private static readonly TimeSpan NumberInterval = TimeSpan.FromMilliseconds(10);

    public static void MapTo(HawserServer server, RunWindow runs)
    {
        server.Map("Soak/Run", (RunId id) =>
        {
            runs.Note(id);
            return id.Number;
        });
        server.Map("Soak/Numbers", (int count, CancellationToken cancellationToken) => CountAsync(count, cancellationToken));
        server.Map("Soak/Checksum", (Stream octets) => Octets.ChecksumAsync(octets));
        server.Map("Soak/CallMe", async (int number, CallContext call) => await call.Connection.CallAsync<int, int>("Client/Double", number, call.CancellationToken));
    }

    private static async IAsyncEnumerable<int> CountAsync(int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = 0; number < count; number++)
        {
            yield return number;
            if (number % 100 == 99)
                await Task.Delay(NumberInterval, TimeProvider.System, cancellationToken);
        }
    }
}
