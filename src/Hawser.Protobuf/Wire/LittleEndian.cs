namespace Hawser.Protobuf;

/// <summary>Numbers of the wire, which are little-endian, on machines that are not.</summary>
internal static class LittleEndian
{
    /// <summary>Turns the bytes of every number around.</summary>
    internal static void Convert(Span<byte> numbers, int size)
    {
        for (var start = 0; start < numbers.Length; start += size)
            numbers.Slice(start, size).Reverse();
    }
}
