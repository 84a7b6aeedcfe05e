namespace Hawser;

/// <summary>Knows which of the wires beside Hawser's own an address is for.</summary>
internal static class WireRegistry
{
    /// <summary>Finds the wire of an address.</summary>
    /// <returns>Null when the address is one of the frame wire's, or of no wire at all.</returns>
    /// <exception cref="ArgumentException">A wire has the scheme, but the address cannot be read.</exception>
    internal static (Wire Wire, Uri Address)? Find(IReadOnlyList<Wire> wires, string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var scheme = address[..Math.Max(address.IndexOf(':', StringComparison.Ordinal), 0)];
        foreach (var wire in wires)
        {
            if (!wire.Schemes.Contains(scheme, StringComparer.OrdinalIgnoreCase))
                continue;
            return Uri.TryCreate(address, UriKind.Absolute, out var uri)
                ? (wire, uri)
                : throw new ArgumentException($"'{address}' is no address that can be read; write for instance {scheme}://127.0.0.1:4770.", nameof(address));
        }

        return null;
    }
}
