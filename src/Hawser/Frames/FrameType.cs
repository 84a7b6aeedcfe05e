namespace Hawser.Frames;

/// <summary>The low four bits of a frame's first byte. Byte-exact in <c>docs/wire.md</c>.</summary>
internal enum FrameType : byte
{
    Hello = 0,
    Call = 1,
    Route = 2,
    Message = 3,
    Octets = 4,
    Headers = 5,
    End = 6,
    Finish = 7,
    Reset = 8,
    Credit = 9,
    Ping = 10,
    Pong = 11,
    GoingAway = 12,
    Close = 13,
    Ack = 14,
}
