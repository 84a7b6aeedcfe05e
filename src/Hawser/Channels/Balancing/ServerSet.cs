using System.Net;

namespace Hawser;

/// <summary>Makes the client of one server.</summary>
/// <param name="host">The machine, when the address names a host that stands for several; otherwise null.</param>
internal delegate ChannelClient ServerConnector(IPAddress? host);

/// <summary>Servers that a channel's calls may go to: an address as its user gave it, and what its host's name stands for.</summary>
/// <param name="Address">The address.</param>
/// <param name="Text">The address, for people.</param>
/// <param name="HasName">Whether its host is a name that is to be resolved.</param>
/// <param name="Connect">Makes the client of one of the servers.</param>
internal sealed record ServerSet(Uri Address, string Text, bool HasName, ServerConnector Connect)
{
    /// <summary>Finds the servers.</summary>
    /// <exception cref="IOException">The name cannot be resolved.</exception>
    internal async Task<IReadOnlyList<ServerPlace>> ResolveAsync(HawserChannelOptions options, CancellationToken cancellationToken)
    {
        if (!HasName)
            return [new ServerPlace(this, Text, Host: null)];
        var hosts = await HostAddresses.ResolveAsync(options, Address, cancellationToken).ConfigureAwait(false);
        return [.. hosts.Select(host => new ServerPlace(this, $"{Text} ({host})", host))];
    }
}

/// <summary>One of them.</summary>
/// <param name="Set">Which it is one of.</param>
/// <param name="Text">Where it is, for people; no two are the same.</param>
/// <param name="Host">The machine; null when the address alone says it.</param>
internal sealed record ServerPlace(ServerSet Set, string Text, IPAddress? Host);
