using System.Buffers.Binary;

namespace Hawser;

/// <summary>The types of records that are asked for and understood.</summary>
internal enum DnsType
{
    A = 1,
    CName = 5,
    Aaaa = 28,
}

/// <summary>One question to a server: the addresses of one family of one name.</summary>
internal sealed class DnsQuestion
{
    private const ushort RecursionDesired = 0x0100;
    private const int ClassInternet = 1;

    private readonly byte[] bytes;

    /// <param name="id">What the answer must repeat; not to be guessed.</param>
    /// <param name="name">The name.</param>
    /// <param name="type">The family.</param>
    /// <exception cref="IOException">It is no name that DNS can carry.</exception>
    public DnsQuestion(ushort id, string name, DnsType type)
    {
        Id = id;
        Type = type;
        var message = new byte[DnsResponse.HeaderSize + 255 + 4];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), 1);
        var at = DnsResponse.HeaderSize + DnsNames.Write(name, message.AsSpan(DnsResponse.HeaderSize));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(at + 2), ClassInternet);
        bytes = message[..(at + 4)];
        var start = DnsResponse.HeaderSize;
        Name = DnsNames.Read(bytes, ref start);
    }

    public ushort Id { get; }

    public DnsType Type { get; }

    /// <summary>The name in lower case.</summary>
    public string Name { get; }

    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>Whether a message answers this question: the same number, and the question repeated. Others are of somebody who guesses.</summary>
    public bool IsAnsweredBy(ReadOnlySpan<byte> message)
    {
        const byte IsResponse = 0x80;
        if (message.Length < bytes.Length || BinaryPrimitives.ReadUInt16BigEndian(message) != Id || (message[2] & IsResponse) == 0
            || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        try
        {
            var at = DnsResponse.HeaderSize;
            return string.Equals(DnsNames.Read(message, ref at), Name, StringComparison.Ordinal)
                && DnsNames.ReadNumber(message, ref at) == (int)Type && DnsNames.ReadNumber(message, ref at) == ClassInternet;
        }
        catch (DnsFormatException)
        {
            return false;
        }
    }
}
