using System.Buffers.Binary;
using System.Net;

namespace Hawser;

/// <summary>What a server answered to a question. Source: RFC 1035, section 4.</summary>
internal sealed class DnsResponse
{
    public const int HeaderSize = 12;

    /// <summary>How many names may lead on to another one before an address comes.</summary>
    public const int MaxAliases = 16;

    private const byte TruncatedFlag = 0x02;
    private const int ClassInternet = 1;
    private const int CodeNoSuchName = 3;

    private DnsResponse(int code, string alias, IReadOnlyList<IPAddress> addresses, TimeSpan timeToLive)
    {
        Code = code;
        Alias = alias;
        Addresses = addresses;
        TimeToLive = timeToLive;
    }

    /// <summary>How it ended: 0 is well, 3 is that there is no such name.</summary>
    public int Code { get; }

    public bool IsNoSuchName => Code == CodeNoSuchName;

    /// <summary>The name that the question's name stands for in the end; itself where it is no alias.</summary>
    public string Alias { get; }

    /// <summary>The addresses of that name; none when the server gave none.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>How long all that may be remembered.</summary>
    public TimeSpan TimeToLive { get; }

    /// <summary>Whether more would have been said over TCP.</summary>
    public static bool IsTruncated(ReadOnlySpan<byte> message) => (message[2] & TruncatedFlag) != 0;

    /// <summary>Reads the answer to a question.</summary>
    /// <exception cref="DnsFormatException">It is not what RFC 1035 says.</exception>
    public static DnsResponse Read(ReadOnlySpan<byte> message, DnsQuestion question)
    {
        if (message.Length < HeaderSize)
            throw new DnsFormatException("the message is cut off");
        var code = message[3] & 0x0F;
        int count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var at = HeaderSize;
        DnsNames.Read(message, ref at);
        at += 4;
        var records = new List<Record>();
        for (var i = 0; i < count; i++)
        {
            if (ReadRecord(message, ref at, question.Type) is { } record)
                records.Add(record);
        }

        return Follow(code, question, records);
    }

    private static Record? ReadRecord(ReadOnlySpan<byte> message, ref int at, DnsType wanted)
    {
        const int FixedSize = 10;
        var owner = DnsNames.Read(message, ref at);
        if (message.Length - at < FixedSize)
            throw new DnsFormatException("a record is cut off");
        var type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        var isInternet = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == ClassInternet;

        // A number that would be negative means nothing (RFC 2181, section 8).
        var seconds = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(message[(at + 4)..]));
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        at += FixedSize;
        if (message.Length - at < length)
            throw new DnsFormatException("a record is cut off");
        var start = at;
        at += length;
        if (!isInternet)
            return null;
        if (type == DnsType.CName)
        {
            var target = DnsNames.Read(message[..at], ref start);
            return start == at ? new Record(owner, seconds, target, null) : throw new DnsFormatException("an alias has another length than it says");
        }

        if (type != wanted)
            return null;
        if (length != (wanted == DnsType.A ? 4 : 16))
            throw new DnsFormatException($"an address has {length} bytes");
        return new Record(owner, seconds, null, new IPAddress(message.Slice(start, length)));
    }

    /// <summary>Goes from the question's name over its aliases to the addresses. Records of other names are nobody's business.</summary>
    private static DnsResponse Follow(int code, DnsQuestion question, List<Record> records)
    {
        var name = question.Name;
        var seconds = int.MaxValue;
        for (var i = 0; i <= MaxAliases; i++)
        {
            var addresses = records.Where(record => record.Address is not null && IsOf(record, name)).ToList();
            if (addresses.Count > 0)
                return new DnsResponse(code, name, [.. addresses.Select(record => record.Address!)], TimeSpan.FromSeconds(Math.Min(seconds, addresses.Min(record => record.Seconds))));
            if (records.FirstOrDefault(record => record.Target is not null && IsOf(record, name)) is not { Target: { } target } alias)
                return new DnsResponse(code, name, [], seconds == int.MaxValue ? TimeSpan.Zero : TimeSpan.FromSeconds(seconds));
            name = target;
            seconds = Math.Min(seconds, alias.Seconds);
        }

        throw new DnsFormatException($"there are more than {MaxAliases} aliases one after another");
    }

    private static bool IsOf(Record record, string name) => string.Equals(record.Owner, name, StringComparison.Ordinal);

    private sealed record Record(string Owner, int Seconds, string? Target, IPAddress? Address);
}
