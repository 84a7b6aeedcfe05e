using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Hawser.Protobuf;

/// <content>Numbers, texts, bytes and enums.</content>
internal ref partial struct JsonMessageReader
{
    // .NET's own constant has a sign, protobuf's has not.
    private static readonly double PositiveNaN = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_0000);

    /// <summary>Reads a number or a bool, as bits.</summary>
    private long ReadNumber(FieldKind kind) => kind switch
    {
        FieldKind.Double => BitConverter.DoubleToInt64Bits(ReadDouble()),
        FieldKind.Float => BitConverter.SingleToInt32Bits(ReadSingle()),
        FieldKind.Bool => ReadBool() ? 1 : 0,
        FieldKind.Int64 or FieldKind.SInt64 or FieldKind.SFixed64 => ReadSigned(long.MinValue, long.MaxValue),
        FieldKind.UInt64 or FieldKind.Fixed64 => (long)ReadUnsigned(ulong.MaxValue),
        FieldKind.UInt32 or FieldKind.Fixed32 => (long)ReadUnsigned(uint.MaxValue),
        _ => ReadSigned(int.MinValue, int.MaxValue),
    };

    private readonly long ReadSigned(long min, long max)
    {
        if (TryReadPlainInt64(out var value) && value >= min && value <= max)
            return value;
        var (isNegative, magnitude) = ReadInteger();
        if (magnitude > (isNegative ? (ulong)max + 1 : (ulong)max))
            throw OutOfRange(min.ToString(), max.ToString());
        return isNegative ? (long)(0 - magnitude) : (long)magnitude;
    }

    /// <summary>Reads an integer as nearly all are written: digits only, quoted or not.</summary>
    private readonly bool TryReadPlainInt64(out long value)
    {
        value = 0;
        if (json.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            return false;
        var digits = json.ValueSpan;
        // The parser would take a plus and zeros in front, which JSON has not.
        if (digits is not ([>= (byte)'1' and <= (byte)'9', ..] or [(byte)'-', >= (byte)'1' and <= (byte)'9', ..]))
            return digits is [(byte)'0'];
        return Utf8Parser.TryParse(digits, out value, out var consumed) && consumed == digits.Length;
    }

    private readonly ulong ReadUnsigned(ulong max)
    {
        if (TryReadPlainInt64(out var value) && value >= 0 && (ulong)value <= max)
            return (ulong)value;
        var (isNegative, magnitude) = ReadInteger();
        if (magnitude > max || (isNegative && magnitude != 0))
            throw OutOfRange("0", max.ToString());
        return magnitude;
    }

    private readonly (bool IsNegative, ulong Magnitude) ReadInteger()
    {
        if (json.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            throw Expected("a number");
        using var text = new JsonText(json);
        if (JsonInteger.TryParse(text.Span, out var isNegative, out var magnitude))
            return (isNegative, magnitude);
        throw Expected(IsNumber(text.Span) ? "an integer in the range of the field" : "a number");
    }

    private readonly double ReadDouble()
    {
        if (json.TokenType == JsonTokenType.Number)
            return json.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw OutOfRange("-1.7976931348623157E+308", "1.7976931348623157E+308");
        RequireText("a number");
        using var text = new JsonText(json);
        if (text.Span.SequenceEqual("NaN"u8))
            return PositiveNaN;
        if (text.Span.SequenceEqual("Infinity"u8))
            return double.PositiveInfinity;
        if (text.Span.SequenceEqual("-Infinity"u8))
            return double.NegativeInfinity;
        if (!IsNumber(text.Span) || !Utf8Parser.TryParse(text.Span, out double parsed, out _))
            throw Expected("a number");
        return double.IsFinite(parsed) ? parsed : throw OutOfRange("-1.7976931348623157E+308", "1.7976931348623157E+308");
    }

    // Not by way of double, which would round twice.
    private readonly float ReadSingle()
    {
        if (json.TokenType == JsonTokenType.Number)
            return json.TryGetSingle(out var value) && float.IsFinite(value) ? value : throw OutOfRange("-3.4028235E+38", "3.4028235E+38");
        RequireText("a number");
        using var text = new JsonText(json);
        if (text.Span.SequenceEqual("NaN"u8))
            return (float)PositiveNaN;
        if (text.Span.SequenceEqual("Infinity"u8))
            return float.PositiveInfinity;
        if (text.Span.SequenceEqual("-Infinity"u8))
            return float.NegativeInfinity;
        if (!IsNumber(text.Span) || !Utf8Parser.TryParse(text.Span, out float parsed, out _))
            throw Expected("a number");
        return float.IsFinite(parsed) ? parsed : throw OutOfRange("-3.4028235E+38", "3.4028235E+38");
    }

    private readonly bool ReadBool() => json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw Expected("true or false"),
    };

    private FieldValue ReadText(FieldKind kind)
    {
        if (kind == FieldKind.Bytes)
        {
            RequireText("bytes as base64");
            return ReadBase64();
        }

        RequireText("a text");
        if (!json.ValueIsEscaped)
        {
            var plain = json.ValueSpan;
            return Utf8.IsValid(plain) ? arena.Copy(plain, StillToCome) : throw Failure("the text is not UTF-8");
        }

        using var text = new JsonText(json);
        return arena.Copy(text.Span, StillToCome);
    }

    private FieldValue ReadBase64()
    {
        using var text = new JsonText(json);
        var length = Base64Text.DecodedLength(text.Span);
        if (length >= 0 && Base64Text.TryDecode(text.Span, arena.Take(length, StillToCome, out var value)))
            return value;
        throw Expected("bytes as base64");
    }

    /// <summary>Reads a value of an enum by name or number; false when its name is unknown and unknown things are ignored.</summary>
    private readonly bool TryReadEnum(EnumSchema type, out int number)
    {
        number = 0;
        if (json.TokenType == JsonTokenType.Null && type.WellKnownType == WellKnownType.NullValue)
            return true;
        if (json.TokenType == JsonTokenType.Number)
        {
            number = (int)ReadSigned(int.MinValue, int.MaxValue);
            // JSON has only one null.
            var isOpen = !type.IsClosed && type.WellKnownType != WellKnownType.NullValue;
            if (isOpen || type.FindValue(number) is not null)
                return true;
        }
        else if (json.TokenType == JsonTokenType.String)
        {
            using var name = new JsonText(json);
            if (type.FindValue(name.Span) is { } value)
            {
                number = value.Number;
                return true;
            }
        }

        if (options.IgnoreUnknownFields && json.TokenType is JsonTokenType.String or JsonTokenType.Number)
            return false;
        throw Expected($"a value of the enum '{type.FullName}'");
    }

    private readonly ProtoJsonException OutOfRange(string min, string max) => Failure($"expected a number from {min} to {max}, got {Describe()}");

    // By JSON's grammar; .NET's would take more.
    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9')) || text[^1] is < (byte)'0' or > (byte)'9')
            return false;
        var number = new Utf8JsonReader(text);
        try
        {
            return number.Read() && number.TokenType == JsonTokenType.Number && !number.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The text of a string token without its escapes.</summary>
    private readonly ref struct JsonText
    {
        private readonly byte[]? rented;

        internal JsonText(in Utf8JsonReader json)
        {
            if (!json.ValueIsEscaped)
            {
                Span = json.ValueSpan;
                return;
            }

            var buffer = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
            try
            {
                Span = buffer.AsSpan(0, json.CopyString(buffer));
                rented = buffer;
            }
            catch (InvalidOperationException failure)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                throw new ProtoJsonException("a text has half a surrogate pair or is not UTF-8", "", failure);
            }
        }

        internal ReadOnlySpan<byte> Span { get; }

        public void Dispose()
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
