using System.Runtime.CompilerServices;
using System.Text;

namespace Hawser.Protobuf;

/// <summary>
/// What one field of a message holds, whatever its kind, without boxing: a number in <see cref="Bits"/>; text (as UTF-8) and bytes as a slice of the array in
/// <see cref="Reference"/>; a message, a repeated field or a map in <see cref="Reference"/>.
/// </summary>
/// <remarks>The default value is the zero of every kind: 0, false, the empty text, no message. An empty slice always has <see cref="Bits"/> 0.</remarks>
internal struct FieldValue
{
    internal object? Reference;
    internal long Bits;

    internal FieldValue(long bits)
    {
        Reference = null;
        Bits = bits;
    }

    internal FieldValue(object? reference)
    {
        Reference = reference;
        Bits = 0;
    }

    internal FieldValue(byte[] array, int offset, int length)
    {
        Reference = array;
        Bits = length == 0 ? 0 : ((long)offset << 32) | (uint)length;
    }

    /// <summary>How many bytes a text or bytes have.</summary>
    internal readonly int Length => (int)Bits;

    /// <summary>The text in UTF-8, or the bytes.</summary>
    internal readonly ReadOnlySpan<byte> Octets =>
        Bits == 0 ? default : new ReadOnlySpan<byte>(Unsafe.As<byte[]>(Reference), (int)(Bits >> 32), (int)Bits);

    internal readonly ReadOnlyMemory<byte> Memory =>
        Bits == 0 ? default : new ReadOnlyMemory<byte>(Unsafe.As<byte[]>(Reference), (int)(Bits >> 32), (int)Bits);

    internal readonly string Text => Encoding.UTF8.GetString(Octets);

    internal readonly DynamicMessage? Message => Unsafe.As<DynamicMessage?>(Reference);

    internal static FieldValue Of(bool value) => new(value ? 1L : 0L);

    internal static FieldValue Of(float value) => new((long)BitConverter.SingleToInt32Bits(value));

    internal static FieldValue Of(double value) => new(BitConverter.DoubleToInt64Bits(value));

    internal readonly float AsSingle() => BitConverter.Int32BitsToSingle((int)Bits);

    internal readonly double AsDouble() => BitConverter.Int64BitsToDouble(Bits);
}
