using System.IO.Compression;

namespace Hawser.Grpc.Protocol;

/// <summary>The compressions that this side knows, by the names in <c>grpc-encoding</c>.</summary>
internal static class Compression
{
    /// <summary>No compression, which everybody knows.</summary>
    internal const string Identity = "identity";

    /// <summary>What goes into <c>grpc-accept-encoding</c>.</summary>
    internal const string Accepted = "identity,gzip,deflate";

    private static readonly MessageEncoding Gzip = new(
        "gzip",
        static target => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
        static source => new GZipStream(source, CompressionMode.Decompress, leaveOpen: true));

    // gRPC's "deflate" is HTTP's: the zlib format around it.
    private static readonly MessageEncoding Deflate = new(
        "deflate",
        static target => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
        static source => new ZLibStream(source, CompressionMode.Decompress, leaveOpen: true));

    /// <summary>Finds a compression.</summary>
    /// <param name="name">The name; null, empty and <see cref="Identity"/> mean none.</param>
    /// <param name="encoding">The compression; null for none.</param>
    /// <returns>False when it is not known.</returns>
    internal static bool TryFind(string? name, out MessageEncoding? encoding)
    {
        encoding = name switch
        {
            "gzip" => Gzip,
            "deflate" => Deflate,
            _ => null,
        };
        return encoding is not null || name is null or "" or Identity;
    }

    /// <summary>The first compression of a <c>grpc-accept-encoding</c> that this side knows, or null.</summary>
    internal static MessageEncoding? FirstOf(string? accepted)
    {
        foreach (var range in accepted.AsSpan().Split(','))
        {
            if (TryFind(accepted.AsSpan()[range].Trim().ToString(), out var encoding) && encoding is not null)
                return encoding;
        }

        return null;
    }

    /// <summary>Whether a <c>grpc-accept-encoding</c> names a compression.</summary>
    internal static bool IsAccepted(string? accepted, MessageEncoding encoding)
    {
        foreach (var range in accepted.AsSpan().Split(','))
        {
            if (accepted.AsSpan()[range].Trim().SequenceEqual(encoding.Name))
                return true;
        }

        return false;
    }

    /// <summary>What a call with a compression that this side does not know ends with. To be sent with <see cref="Accepted"/>.</summary>
    internal static Status Unknown(string name) =>
        new(StatusCode.Unimplemented, $"The peer compresses with '{name}', which is not known here; known are {Accepted} ('{HeaderNames.AcceptEncoding}').");
}
