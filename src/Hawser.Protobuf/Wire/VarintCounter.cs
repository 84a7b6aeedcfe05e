using System.Numerics;
using System.Runtime.InteropServices;

namespace Hawser.Protobuf;

/// <summary>Counts varints: as many as there are bytes without the continuation bit.</summary>
internal static class VarintCounter
{
    internal static int Count(ReadOnlySpan<byte> varints)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(varints);
        var count = 0;
        foreach (var word in words)
            count += BitOperations.PopCount(~word & 0x8080_8080_8080_8080);
        foreach (var last in varints[(words.Length * sizeof(ulong))..])
            count += last < 0x80 ? 1 : 0;
        return count;
    }
}
