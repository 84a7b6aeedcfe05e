namespace Hawser;

/// <summary>How the length of a record is written before it. All are unsigned: a byte of 200 is 200.</summary>
public enum LengthPrefix
{
    /// <summary>One byte: records of at most 255 bytes.</summary>
    OneByte,

    /// <summary>Two bytes, the more significant first: at most 65,535 bytes.</summary>
    TwoBytesBigEndian,

    /// <summary>Two bytes, the less significant first: at most 65,535 bytes.</summary>
    TwoBytesLittleEndian,

    /// <summary>Four bytes, the most significant first: up to 4 GiB − 1, as far as the limit of the reader or writer goes.</summary>
    FourBytesBigEndian,

    /// <summary>Four bytes, the least significant first: up to 4 GiB − 1, as far as the limit of the reader or writer goes.</summary>
    FourBytesLittleEndian,

    /// <summary>One to nine bytes of seven bits each, the least significant first, all but the last with their top bit set: what Protocol Buffers' delimited messages have.</summary>
    Varint,
}
