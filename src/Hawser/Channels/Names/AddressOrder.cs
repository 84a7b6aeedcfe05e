using System.Net;
using System.Net.Sockets;

namespace Hawser;

/// <summary>In which order the addresses of one host are tried: families take turns, so that one that does not work costs one attempt and not all of them.</summary>
/// <remarks>
/// Source: RFC 8305, "Happy Eyeballs", section 4. The family of the resolver's first address begins (systems sort by RFC 6724, what is likely to work first), and
/// within a family the resolver's order stays. Only <c>localhost</c> begins with IPv4 whatever the resolver says: a server that listens on that name takes the first
/// of its addresses, and both sides must mean the same one.
/// </remarks>
internal static class AddressOrder
{
    /// <summary>How many addresses of one host are tried.</summary>
    public const int MaxAddresses = 64;

    public static IReadOnlyList<IPAddress> Interleave(string host, IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count == 0)
            return [];
        var first = IsLocalhost(host) ? AddressFamily.InterNetwork : addresses[0].AddressFamily;
        var distinct = addresses.Take(MaxAddresses).Distinct().ToList();
        var ours = distinct.Where(address => address.AddressFamily == first).ToList();
        var theirs = distinct.Where(address => address.AddressFamily != first).ToList();
        var ordered = new List<IPAddress>(distinct.Count);
        for (var i = 0; i < Math.Max(ours.Count, theirs.Count); i++)
        {
            if (i < ours.Count)
                ordered.Add(ours[i]);
            if (i < theirs.Count)
                ordered.Add(theirs[i]);
        }

        return ordered;
    }

    /// <summary>Whether a name means this machine, whatever a resolver says of it (RFC 6761).</summary>
    public static bool IsLocalhost(string host)
    {
        var name = host.AsSpan().TrimEnd('.');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
