using System.Net;
using System.Net.Sockets;

namespace Hawser;

/// <summary>What counts as one remote address.</summary>
internal static class RemoteHosts
{
    /// <summary>How much of an IPv6 address says whose it is, in bytes: a /64 is the least that a site gets, and every host in it may choose its own rest.</summary>
    private const int Ipv6Network = 8;

    /// <summary>The address that a link is counted by.</summary>
    /// <returns>An IPv4 address, or the /64 of an IPv6 address; null for peers that have no address: those of this machine, over Unix sockets or in-process.</returns>
    internal static string? KeyOf(string remoteHost)
    {
        if (!IPAddress.TryParse(remoteHost, out var address))
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6Network).Clear();
        return $"{new IPAddress(bytes)}/{8 * Ipv6Network}";
    }
}
