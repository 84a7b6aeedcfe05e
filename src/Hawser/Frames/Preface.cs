using System.Buffers.Binary;

namespace Hawser.Frames;

/// <summary>The first eight bytes that each side sends: <c>HAWSER</c> and a version.</summary>
internal static class Preface
{
    public const int Size = 8;
    public const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "HAWSER"u8;

    public static void Write(Span<byte> output, ushort version = Version)
    {
        Magic.CopyTo(output);
        BinaryPrimitives.WriteUInt16BigEndian(output[6..], version);
    }

    /// <summary>Whether what has come so far can still become a preface: a stranger is found at its first byte, not its eighth.</summary>
    public static bool CanBecome(ReadOnlySpan<byte> input) => input[..Math.Min(input.Length, Magic.Length)].SequenceEqual(Magic[..Math.Min(input.Length, Magic.Length)]);

    /// <summary>The version in a whole preface.</summary>
    public static ushort ReadVersion(ReadOnlySpan<byte> input) => BinaryPrimitives.ReadUInt16BigEndian(input[6..]);

    /// <summary>What a stranger's first bytes look like, for people.</summary>
    public static string Guess(ReadOnlySpan<byte> input) => input switch
    {
        [0x15 or 0x16, 0x03, ..] => "its first bytes look like TLS: use tls:// on both sides, or tcp:// on both",
        [(byte)'P', (byte)'R', (byte)'I', ..] or [0, 0, _, 4, ..] => "its first bytes look like HTTP/2: this port is not for gRPC",
        [(byte)'G', (byte)'E', (byte)'T', ..] or [(byte)'P', (byte)'O', ..] or [(byte)'H', (byte)'T', (byte)'T', ..] => "its first bytes look like HTTP",
        _ => $"its first bytes are {Convert.ToHexString(input[..Math.Min(input.Length, 8)])}",
    };
}
