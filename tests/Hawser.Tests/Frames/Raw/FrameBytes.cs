using System.Text;
using Hawser.Frames;

namespace Hawser.Tests.Frames.Raw;

/// <summary>Makes frames from <c>docs/wire.md</c> alone: nothing here uses the library's own encoder.</summary>
internal static class FrameBytes
{
    public static byte[] Preface(int version = 1) => [.. "HAWSER"u8, (byte)(version >> 8), (byte)version];

    public static byte[] Hello(params (ulong Id, ulong Value)[] settings) =>
        Frame(FrameType.Hello, [.. settings.SelectMany(static setting => Join(Number(setting.Id), Sized(Number(setting.Value))))]);

    public static byte[] Route(ulong id, string name, Body request = Body.Message, Body response = Body.Message, bool oneWay = false, string codec = "json") =>
        Frame(FrameType.Route, Number(id), Number((ulong)request | ((ulong)response << 3) | (oneWay ? 64UL : 0)), Text(codec), Text(name));

    public static byte[] Call(ulong id, ulong route, ReadOnlySpan<byte> message, bool end = true) =>
        Frame(FrameType.Call, FrameFlags.HasMessage | (end ? FrameFlags.End : 0), Number(id), Number(route), message.ToArray());

    /// <summary>A call without a message in the frame.</summary>
    public static byte[] Open(ulong id, ulong route, bool end = false) => Frame(FrameType.Call, end ? FrameFlags.End : 0, Number(id), Number(route));

    public static byte[] CallWithHeaders(ulong id, ulong route, ulong microseconds, byte[] metadata, ReadOnlySpan<byte> message) =>
        Frame(FrameType.Call, FrameFlags.HasMessage | FrameFlags.End | FrameFlags.HasHeaders, Number(id), Number(route), Number(microseconds), metadata, message.ToArray());

    public static byte[] Message(ulong id, ReadOnlySpan<byte> message, FrameFlags flags = FrameFlags.None) => Frame(FrameType.Message, flags, Number(id), message.ToArray());

    public static byte[] Octets(ulong id, ReadOnlySpan<byte> octets, FrameFlags flags = FrameFlags.None) => Frame(FrameType.Octets, flags, Number(id), octets.ToArray());

    public static byte[] Headers(ulong id, byte[] metadata) => Frame(FrameType.Headers, Number(id), metadata);

    public static byte[] End(ulong id) => Frame(FrameType.End, Number(id));

    public static byte[] Finish(ulong id) => Frame(FrameType.Finish, Number(id));

    public static byte[] Finish(ulong id, StatusCode code, string text, byte[]? trailers = null, FrameFlags flags = FrameFlags.None) =>
        Frame(FrameType.Finish, flags, Number(id), Number((ulong)code), Text(text), Number(0), trailers ?? Number(0));

    public static byte[] Reset(ulong id, StatusCode code = StatusCode.Cancelled, string text = "") => Frame(FrameType.Reset, Number(id), Number((ulong)code), Text(text));

    public static byte[] Credit(ulong id, ulong amount) => Frame(FrameType.Credit, Number(id), Number(amount));

    /// <summary>A question whether so many bytes of a call have been consumed.</summary>
    public static byte[] Ack(ulong id, ulong bytes) => Frame(FrameType.Ack, Number(id), Number(bytes));

    /// <summary>The answer to such a question.</summary>
    public static byte[] AckAnswer(ulong id, ulong bytes) => Frame(FrameType.Ack, FrameFlags.Answer, Number(id), Number(bytes));

    public static byte[] Ping(ulong number) => Frame(FrameType.Ping, Eight(number));

    public static byte[] Pong(ulong number) => Frame(FrameType.Pong, Eight(number));

    public static byte[] GoingAway(ulong last, string text = "", StatusCode code = StatusCode.Unavailable) =>
        Frame(FrameType.GoingAway, Number(last), Number((ulong)code), Text(text));

    public static byte[] Close(StatusCode code, string text) => Frame(FrameType.Close, Number((ulong)code), Text(text));

    public static byte[] Metadata(params (string Key, string Value)[] entries) =>
        Join([Number((ulong)entries.Length), .. entries.Select(static entry => Join(Text(entry.Key), Text(entry.Value)))]);

    public static byte[] Frame(FrameType type, params byte[][] body) => Frame(type, FrameFlags.None, body);

    public static byte[] Frame(FrameType type, FrameFlags flags, params byte[][] body)
    {
        var whole = Join(body);
        return Join([(byte)((byte)type | (byte)flags)], Number((ulong)whole.Length), whole);
    }

    public static byte[] Sized(byte[] bytes) => Join(Number((ulong)bytes.Length), bytes);

    public static byte[] Text(string text) => Sized(Encoding.UTF8.GetBytes(text));

    /// <summary>The shortest form of a number.</summary>
    public static byte[] Number(ulong value) => Number(value, value < 1UL << 6 ? 0 : value < 1UL << 14 ? 1 : value < 1UL << 30 ? 2 : 3);

    /// <summary>A number in a form of 1, 2, 4 or 8 bytes: 2 to the power of <paramref name="form"/>.</summary>
    public static byte[] Number(ulong value, int form)
    {
        var bytes = new byte[1 << form];
        for (var i = bytes.Length - 1; i >= 0; i--, value >>= 8)
            bytes[i] = (byte)value;
        bytes[0] |= (byte)(form << 6);
        return bytes;
    }

    public static int ReadNumber(ReadOnlySpan<byte> input, out ulong value)
    {
        var size = 1 << (input[0] >> 6);
        value = (ulong)(input[0] & 0x3F);
        for (var i = 1; i < size; i++)
            value = (value << 8) | input[i];
        return size;
    }

    public static byte[] Join(params IEnumerable<byte[]> parts) => [.. parts.SelectMany(static part => part)];

    private static byte[] Eight(ulong number) => [.. Enumerable.Range(0, 8).Select(i => (byte)(number >> (56 - (8 * i))))];
}
