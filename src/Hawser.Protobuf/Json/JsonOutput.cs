using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Hawser.Protobuf;

/// <summary>Writes JSON tokens as UTF-8; whoever calls sees to it that they make sense together.</summary>
internal ref struct JsonOutput(IBufferWriter<byte> output, bool indented)
{
    private const int SmallestBuffer = 256;
    private const int LongestNumber = 32;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    private Span<byte> buffer;
    private int used;
    private int depth;

    // Whether the next member or element stands behind another.
    private bool separates;

    internal void Flush()
    {
        if (used > 0)
            output.Advance(used);
        buffer = default;
        used = 0;
    }

    internal void BeginObject() => Begin((byte)'{');

    internal void EndObject() => End((byte)'}');

    internal void BeginArray() => Begin((byte)'[');

    internal void EndArray() => End((byte)']');

    /// <summary>Begins an element of an array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void BeginElement()
    {
        if (separates)
            WriteByte((byte)',');
        separates = true;
        if (indented)
            BreakLine();
    }

    /// <summary>Begins a member of an object.</summary>
    /// <param name="name">Its name with quotes and colon.</param>
    internal void BeginMember(byte[] name)
    {
        Reserve(name.Length + 1);
        var target = buffer[used..];
        var length = 0;
        if (separates)
            target[length++] = (byte)',';
        separates = true;
        if (indented)
        {
            used += length;
            BreakLine();
            WriteRaw(name);
            WriteByte((byte)' ');
            return;
        }

        name.CopyTo(target[length..]);
        used += length + name.Length;
    }

    /// <summary>Begins a member whose name stands in the message: the key of a map or of a Struct.</summary>
    internal void BeginMember(scoped ReadOnlySpan<byte> utf8, bool isValid = true)
    {
        BeginElement();
        WriteText(utf8, isValid);
        WriteRaw(indented ? ": "u8 : ":"u8);
    }

    internal void WriteNull() => WriteRaw("null"u8);

    internal void WriteBool(bool value) => WriteRaw(value ? "true"u8 : "false"u8);

    internal void WriteNumber(long value)
    {
        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, buffer[used..], out var written);
        used += written;
    }

    internal void WriteNumber(ulong value)
    {
        Reserve(LongestNumber);
        Utf8Formatter.TryFormat(value, buffer[used..], out var written);
        used += written;
    }

    internal void WriteQuotedNumber(long value)
    {
        WriteByte((byte)'"');
        WriteNumber(value);
        WriteByte((byte)'"');
    }

    internal void WriteQuotedNumber(ulong value)
    {
        WriteByte((byte)'"');
        WriteNumber(value);
        WriteByte((byte)'"');
    }

    // The shortest text that reads back as the same number. The culture is that of JSON, whatever the program's is.
    internal void WriteNumber(double value)
    {
        if (!double.IsFinite(value))
        {
            WriteNotFinite(value);
            return;
        }

        Reserve(LongestNumber);
        value.TryFormat(buffer[used..], out var written, provider: CultureInfo.InvariantCulture);
        used += written;
    }

    internal void WriteNumber(float value)
    {
        if (!float.IsFinite(value))
        {
            WriteNotFinite(value);
            return;
        }

        Reserve(LongestNumber);
        value.TryFormat(buffer[used..], out var written, provider: CultureInfo.InvariantCulture);
        used += written;
    }

    /// <summary>Writes a text with quotes; what is not UTF-8 becomes U+FFFD, because JSON can carry nothing else.</summary>
    internal void WriteText(scoped ReadOnlySpan<byte> utf8, bool isValid = true)
    {
        if (!isValid && !Utf8.IsValid(utf8))
        {
            WriteText(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8)));
            return;
        }

        var plain = utf8.IndexOfAny(Escaped);
        if (plain >= 0)
        {
            WriteEscaped(utf8, plain);
            return;
        }

        Reserve(utf8.Length + 2);
        var target = buffer[used..];
        target[0] = (byte)'"';
        utf8.CopyTo(target[1..]);
        target[utf8.Length + 1] = (byte)'"';
        used += utf8.Length + 2;
    }

    internal void WriteBase64(scoped ReadOnlySpan<byte> octets)
    {
        var length = Base64.GetMaxEncodedToUtf8Length(octets.Length);
        Reserve(length + 2);
        var target = buffer[used..];
        target[0] = (byte)'"';
        Base64.EncodeToUtf8(octets, target[1..], out _, out _);
        target[length + 1] = (byte)'"';
        used += length + 2;
    }

    internal void WriteRaw(scoped ReadOnlySpan<byte> octets)
    {
        Reserve(octets.Length);
        octets.CopyTo(buffer[used..]);
        used += octets.Length;
    }

    private void WriteNotFinite(double value) =>
        WriteRaw(double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);

    private void WriteEscaped(scoped ReadOnlySpan<byte> utf8, int plain)
    {
        WriteByte((byte)'"');
        while (plain >= 0)
        {
            WriteRaw(utf8[..plain]);
            WriteEscape(utf8[plain]);
            utf8 = utf8[(plain + 1)..];
            plain = utf8.IndexOfAny(Escaped);
        }

        WriteRaw(utf8);
        WriteByte((byte)'"');
    }

    private void WriteEscape(byte value)
    {
        var shorthand = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)0,
        };
        if (shorthand != 0)
            WriteRaw([(byte)'\\', shorthand]);
        else
            WriteRaw([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', HexDigit(value >> 4), HexDigit(value & 15)]);
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private void Begin(byte bracket)
    {
        WriteByte(bracket);
        separates = false;
        depth++;
    }

    private void End(byte bracket)
    {
        depth--;
        if (indented && separates)
            BreakLine();
        WriteByte(bracket);
        separates = true;
    }

    private void BreakLine()
    {
        Reserve((2 * depth) + 1);
        buffer[used] = (byte)'\n';
        buffer.Slice(used + 1, 2 * depth).Fill((byte)' ');
        used += (2 * depth) + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteByte(byte value)
    {
        Reserve(1);
        buffer[used++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (buffer.Length - used < count)
            NextBuffer(count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NextBuffer(int count)
    {
        Flush();
        buffer = output.GetSpan(Math.Max(count, SmallestBuffer));
    }
}
