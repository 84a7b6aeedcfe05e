using System.Collections.Frozen;
using System.Net;

namespace Hawser;

/// <summary>Knows the addresses of some hosts, as a hosts file does. Immutable and safe from any thread.</summary>
public sealed class StaticNameResolver : INameResolver
{
    private readonly FrozenDictionary<string, IReadOnlyList<IPAddress>> hosts;
    private readonly INameResolver? others;

    /// <summary>Creates a resolver.</summary>
    /// <param name="hosts">The hosts and their addresses; the case of a name does not matter.</param>
    /// <param name="others">Who is asked for all other names; null, the default, when there are no others.</param>
    /// <exception cref="ArgumentException">A host has no addresses.</exception>
    public StaticNameResolver(IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> hosts, INameResolver? others = null)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        if (hosts.FirstOrDefault(static host => host.Value.Count == 0).Key is { } empty)
            throw new ArgumentException($"The host '{empty}' has no addresses; leave it out if it shall not be found.", nameof(hosts));
        this.hosts = hosts.ToFrozenDictionary(static host => host.Key, IReadOnlyList<IPAddress> (host) => [.. host.Value], StringComparer.OrdinalIgnoreCase);
        this.others = others;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (hosts.TryGetValue(host, out var addresses))
            return new ValueTask<IReadOnlyList<IPAddress>>(addresses);
        return others?.ResolveAsync(host, cancellationToken)
            ?? ValueTask.FromException<IReadOnlyList<IPAddress>>(new IOException($"The name '{host}' is not one of the {hosts.Count} that the channel's StaticNameResolver knows."));
    }
}
