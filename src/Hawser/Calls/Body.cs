namespace Hawser;

/// <summary>What travels in one direction of a call.</summary>
public enum Body : byte
{
    /// <summary>Nothing.</summary>
    Empty = 0,

    /// <summary>Exactly one message.</summary>
    Message = 1,

    /// <summary>Any number of messages.</summary>
    Stream = 2,

    /// <summary>A raw byte stream.</summary>
    Octets = 3,

    /// <summary>One message, then a raw byte stream.</summary>
    MessageAndOctets = 4,
}
