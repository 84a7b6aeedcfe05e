namespace Hawser.Protobuf;

/// <summary>How the fields of each kind are framed on the wire.</summary>
internal static class WireTypes
{
    internal const uint Varints = 0;
    internal const uint EightBytes = 1;
    internal const uint LengthDelimited = 2;
    internal const uint StartGroup = 3;
    internal const uint EndGroup = 4;
    internal const uint FourBytes = 5;

    internal static uint Of(FieldKind kind) => kind switch
    {
        FieldKind.Double or FieldKind.Fixed64 or FieldKind.SFixed64 => EightBytes,
        FieldKind.Float or FieldKind.Fixed32 or FieldKind.SFixed32 => FourBytes,
        FieldKind.String or FieldKind.Bytes or FieldKind.Message => LengthDelimited,
        FieldKind.Group => StartGroup,
        _ => Varints,
    };

    internal static bool CanPack(FieldKind kind) => Of(kind) is Varints or EightBytes or FourBytes;

    internal static uint Tag(int number, uint wireType) => ((uint)number << 3) | wireType;

    internal static uint OfTag(uint tag) => tag & 7;

    internal static int NumberOfTag(uint tag) => (int)(tag >> 3);

    internal static byte[] Varint(uint value)
    {
        Span<byte> bytes = stackalloc byte[5];
        var length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        return bytes[..length].ToArray();
    }
}
