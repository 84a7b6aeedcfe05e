using System.Net;
using System.Net.Sockets;

namespace Hawser;

/// <summary>Asks the operating system: its hosts file, its DNS servers, whatever it is set up with.</summary>
/// <remarks>
/// Most systems have only a call that blocks, for half a minute when their DNS servers are dead. It is made on a thread of its own, so that nobody who does not
/// want this very name waits for it; those who want the same name at the same time share one call, and at most 16 names are asked for at once.
/// </remarks>
public sealed class SystemNameResolver : INameResolver
{
    private const int MaxLookups = 16;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Task<IPAddress[]>> lookups = new(StringComparer.OrdinalIgnoreCase);
    private readonly SemaphoreSlim room = new(MaxLookups);
    private readonly Func<string, IPAddress[]> lookUp;

    internal SystemNameResolver(Func<string, IPAddress[]> lookUp) => this.lookUp = lookUp;

    private SystemNameResolver()
        : this(Dns.GetHostAddresses)
    {
    }

    /// <summary>The only instance; it has no settings.</summary>
    public static SystemNameResolver Instance { get; } = new();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        cancellationToken.ThrowIfCancellationRequested();
        return await Join(host).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<IPAddress[]> Join(string host)
    {
        lock (gate)
        {
            if (lookups.TryGetValue(host, out var running))
                return running;
            var lookup = LookUpAsync(host);
            lookups.Add(host, lookup);
            return lookup;
        }
    }

    private async Task<IPAddress[]> LookUpAsync(string host)
    {
        // It is noted under the gate before it can end.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await room.WaitAsync().ConfigureAwait(false);
        try
        {
            var found = await Task.Factory.StartNew(
                () => lookUp(host), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).ConfigureAwait(false);
            return found.Length > 0 ? found : throw new SocketException((int)SocketError.HostNotFound);
        }
        finally
        {
            room.Release();
            lock (gate)
                lookups.Remove(host);
        }
    }
}
