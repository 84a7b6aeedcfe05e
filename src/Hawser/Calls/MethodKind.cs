namespace Hawser;

/// <summary>How many messages go each way in a call of a method, in gRPC's terms. Octets count as a stream.</summary>
public enum MethodKind
{
    /// <summary>One request, one reply.</summary>
    Unary = 0,

    /// <summary>One request, many replies.</summary>
    ServerStreaming = 1,

    /// <summary>Many requests, one reply.</summary>
    ClientStreaming = 2,

    /// <summary>Many both ways, independently.</summary>
    Duplex = 3,

    /// <summary>One request, no reply and no status: at most once, and the sender never learns which.</summary>
    OneWay = 4,
}
