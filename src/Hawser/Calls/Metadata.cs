using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Hawser;

/// <summary>Keys and values that travel beside a call's messages: request metadata, response headers, trailers.</summary>
/// <remarks>
/// Keys are lower-case ASCII letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; upper case is folded. A key may occur more than once; order is kept.
/// A key that ends in <c>-bin</c> carries bytes, any other a printable ASCII text, as in gRPC. Not safe for concurrent writers;
/// an instance that is no longer written to may be read by many threads.
/// </remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Metadata is gRPC's word.")]
public sealed class Metadata : IReadOnlyCollection<Metadata.Entry>
{
    /// <summary>Metadata with no entries, which stays so.</summary>
    public static readonly Metadata Empty = new() { readOnly = true };

    private readonly List<Entry> entries = [];
    private bool readOnly;

    /// <summary>The number of entries.</summary>
    public int Count => entries.Count;

    /// <summary>The first text stored under a key, or null.</summary>
    /// <param name="key">The key, in any case.</param>
    public string? this[string key]
    {
        get
        {
            foreach (var entry in entries)
            {
                if (string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase))
                    return entry.Value;
            }

            return null;
        }
    }

    /// <summary>Adds a text under a key.</summary>
    /// <param name="key">The key; must not end in <c>-bin</c>.</param>
    /// <param name="value">Printable ASCII (0x20…0x7E).</param>
    /// <returns>This instance, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The key or the value has a character that is not allowed; the text says which.</exception>
    public Metadata Add(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var name = CheckKey(key);
        if (IsBinary(name))
            throw new ArgumentException($"Metadata key '{name}' ends in '-bin' and takes bytes, not a text.", nameof(key));
        foreach (var c in value)
        {
            if (c is < ' ' or > '~')
                throw new ArgumentException($"Metadata '{name}' has the character U+{(int)c:X4}: only printable ASCII may travel as text; use a key that ends in '-bin'.", nameof(value));
        }

        return Append(new Entry(name, value, default));
    }

    /// <summary>Adds bytes under a key.</summary>
    /// <param name="key">The key; must end in <c>-bin</c>.</param>
    /// <param name="value">The bytes; not copied.</param>
    /// <returns>This instance, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">The key does not end in <c>-bin</c> or has a character that is not allowed.</exception>
    public Metadata Add(string key, ReadOnlyMemory<byte> value)
    {
        var name = CheckKey(key);
        if (!IsBinary(name))
            throw new ArgumentException($"Metadata key '{name}' takes a text; a key for bytes ends in '-bin'.", nameof(key));
        return Append(new Entry(name, null, value));
    }

    /// <summary>Every entry, in the order of adding.</summary>
    /// <returns>An enumerator over the entries.</returns>
    public IEnumerator<Entry> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static bool IsBinary(string key) => key.EndsWith("-bin", StringComparison.Ordinal);

    /// <summary>Adds what a peer sent, without trusting it: a wrong key or value is refused with a reason instead of thrown.</summary>
    internal string? TryAddFromPeer(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.IsEmpty)
            return "a metadata key is empty";
        foreach (var c in key)
        {
            if (!IsKeyCharacter((char)c))
                return $"a metadata key has the byte 0x{c:X2}";
        }

        var name = Encoding.ASCII.GetString(key);
        if (IsBinary(name))
        {
            entries.Add(new Entry(name, null, value.ToArray()));
            return null;
        }

        foreach (var c in value)
        {
            if (c is < 0x20 or > 0x7E)
                return $"metadata '{name}' has the byte 0x{c:X2} in a text value";
        }

        entries.Add(new Entry(name, Encoding.ASCII.GetString(value), default));
        return null;
    }

    /// <summary>Adds a text that a peer sent, without trusting it: a wrong key or value is refused with a reason instead of thrown.</summary>
    internal string? TryAddFromPeer(string key, string value)
    {
        if (CheckKeyOfPeer(key, out var name) is { } wrong)
            return wrong;
        foreach (var c in value)
        {
            if (c is < ' ' or > '~')
                return $"metadata '{name}' has the character U+{(int)c:X4} in a text value";
        }

        entries.Add(new Entry(name, value, default));
        return null;
    }

    /// <summary>Adds bytes that a peer sent; they are not copied.</summary>
    internal string? TryAddFromPeer(string key, ReadOnlyMemory<byte> value)
    {
        if (CheckKeyOfPeer(key, out var name) is { } wrong)
            return wrong;
        entries.Add(new Entry(name, null, value));
        return null;
    }

    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "Metadata keys are lower case on every wire.")]
    private static string? CheckKeyOfPeer(string key, out string name)
    {
        // HTTP headers that are known to the platform come with capitals.
        name = key.ToLowerInvariant();
        foreach (var c in name)
        {
            if (!IsKeyCharacter(c))
                return $"a metadata key has the character U+{(int)c:X4}";
        }

        return name.Length == 0 ? "a metadata key is empty" : null;
    }

    private static bool IsKeyCharacter(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.';

    [SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "Metadata keys are lower case on every wire.")]
    private static string CheckKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var name = key.ToLowerInvariant();
        foreach (var c in name)
        {
            if (!IsKeyCharacter(c))
                throw new ArgumentException($"Metadata key '{key}' has the character '{c}': letters, digits, '-', '_' and '.' are allowed.", nameof(key));
        }

        return name;
    }

    private Metadata Append(Entry entry)
    {
        if (readOnly)
            throw new InvalidOperationException("Metadata.Empty cannot be added to; create a new Metadata.");
        entries.Add(entry);
        return this;
    }

    /// <summary>One key with its value.</summary>
    /// <param name="Key">The key, lower case.</param>
    /// <param name="Value">The text, or null when the entry carries bytes.</param>
    /// <param name="Bytes">The bytes of an entry whose key ends in <c>-bin</c>; empty otherwise.</param>
    public readonly record struct Entry(string Key, string? Value, ReadOnlyMemory<byte> Bytes);
}
