using System.Buffers.Binary;
using System.Net;

namespace Hawser.Tests.Channels.Names;

/// <summary>A question as a server gets it, and answers to it.</summary>
internal sealed record DnsQuery(byte[] Bytes, bool IsTcp)
{
    private const byte ResponseFlag = 0x80, TruncatedFlag = 0x02;

    public ushort Id => BinaryPrimitives.ReadUInt16BigEndian(Bytes);

    public DnsType Type => (DnsType)BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(Bytes.Length - 4));

    public string Name
    {
        get
        {
            var at = DnsResponse.HeaderSize;
            return DnsNames.Read(Bytes, ref at);
        }
    }

    /// <summary>An answer with records.</summary>
    public byte[] Answer(params byte[][] records) => [.. Header(0, records.Length), .. records.SelectMany(record => record)];

    /// <summary>An answer that the name has such an address, or none of this family.</summary>
    public byte[] AnswerWith(string four, string six, int seconds = 60)
    {
        var address = Type == DnsType.A ? four : six;
        return address.Length == 0 ? Answer() : Answer(Address(Name, address, seconds));
    }

    public byte[] Fail(int code) => Header(code, 0);

    public byte[] Truncated()
    {
        var answer = Header(0, 0);
        answer[2] |= TruncatedFlag;
        return answer;
    }

    public static byte[] Address(string name, string address, int seconds = 60)
    {
        var ip = IPAddress.Parse(address);
        return Record(name, ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa, seconds, ip.GetAddressBytes());
    }

    public static byte[] Alias(string name, string target, int seconds = 60) => Record(name, DnsType.CName, seconds, NameBytes(target));

    public static byte[] Record(string name, DnsType type, int seconds, byte[] data) => Record(NameBytes(name), type, seconds, data);

    public static byte[] Record(byte[] name, DnsType type, int seconds, byte[] data)
    {
        var fixedPart = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(2), 1);
        BinaryPrimitives.WriteInt32BigEndian(fixedPart.AsSpan(4), seconds);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(8), (ushort)data.Length);
        return [.. name, .. fixedPart, .. data];
    }

    private byte[] Header(int code, int answers)
    {
        byte[] header = [.. Bytes];
        header[2] |= ResponseFlag;
        header[3] = (byte)code;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), (ushort)answers);
        return header;
    }

    private static byte[] NameBytes(string name)
    {
        var bytes = new byte[256];
        return bytes[..DnsNames.Write(name, bytes)];
    }
}
