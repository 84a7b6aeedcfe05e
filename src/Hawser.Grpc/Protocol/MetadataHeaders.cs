using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text;

namespace Hawser.Grpc.Protocol;

/// <summary>Metadata as HTTP headers: bytes are base64, and what belongs to HTTP or to gRPC itself is neither sent nor taken.</summary>
internal static class MetadataHeaders
{
    /// <summary>What HTTP/2 counts for every field beside its name and value (RFC 9113, 6.5.2); so the count is bounded with the size.</summary>
    internal const int FieldOverhead = 32;

    private const string ReservedPrefix = "grpc-";

    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [
            HeaderNames.ContentType, HeaderNames.TransferEncodings, HeaderNames.UserAgent, "content-length", "connection", "keep-alive", "proxy-connection",
            "transfer-encoding", "upgrade", "host", "expect", "date", "server", "accept-encoding",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name is the protocol's own, not the user's.</summary>
    internal static bool IsReserved(string name) =>
        name.StartsWith(':') || name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase) || Reserved.Contains(name);

    /// <summary>Why metadata cannot be sent, or null.</summary>
    /// <param name="metadata">What shall be sent.</param>
    /// <param name="maxSize">The most that it may take.</param>
    internal static Status? Refuse(Metadata metadata, int maxSize)
    {
        var size = 0L;
        foreach (var entry in metadata)
        {
            if (IsReserved(entry.Key))
                return new Status(StatusCode.InvalidArgument, $"The metadata key '{entry.Key}' is reserved for gRPC and HTTP; use another.");
            size += SizeOf(entry);
        }

        return size <= maxSize ? null : TooLarge(size, maxSize);
    }

    /// <summary>What metadata takes, in bytes.</summary>
    internal static int SizeOf(Metadata metadata)
    {
        var size = 0L;
        foreach (var entry in metadata)
            size += SizeOf(entry);
        return (int)Math.Min(size, int.MaxValue);
    }

    /// <summary>Writes what <see cref="Refuse"/> did not refuse.</summary>
    internal static void Write<TSink>(Metadata metadata, ref TSink headers)
        where TSink : struct, IHeaderSink
    {
        if (metadata.Count == 0)
            return;
        foreach (var entry in metadata)
            headers.Add(entry.Key, entry.Value ?? Encode(entry.Bytes.Span));
    }

    /// <summary>Bytes as a header: base64 without padding.</summary>
    internal static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Reads base64 with or without padding.</summary>
    /// <returns>Null when it is none.</returns>
    internal static byte[]? TryDecode(ReadOnlySpan<char> text)
    {
        text = text.Trim().TrimEnd('=');
        if (text.Length % 4 == 1)
            return null;
        var padded = (text.Length + 3) / 4 * 4;
        Span<byte> characters = padded <= 512 ? stackalloc byte[padded] : new byte[padded];
        if (!Ascii.IsValid(text))
            return null;
        Encoding.ASCII.GetBytes(text, characters);
        characters[text.Length..].Fill((byte)'=');
        var bytes = new byte[padded / 4 * 3];
        if (Base64.DecodeFromUtf8(characters, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
            return null;
        return written == bytes.Length ? bytes : bytes[..written];
    }

    internal static Status TooLarge(long size, int maxSize) => new(
        StatusCode.ResourceExhausted,
        $"The metadata takes at least {size} bytes, names and {FieldOverhead} bytes per entry included; at most {maxSize} are allowed (ConnectionLimits.MaxMetadataSize).");

    private static long SizeOf(in Metadata.Entry entry) =>
        FieldOverhead + entry.Key.Length + (entry.Value?.Length ?? (((long)entry.Bytes.Length * 4) + 2) / 3);
}
