using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Fuzzing;

/// <summary>Valid conversations behind the hellos, as lists of frames: what the mutations start from.</summary>
internal static class Conversations
{
    public static readonly Method Unary = new("Fuzz/Unary");
    public static readonly Method Upload = new("Fuzz/Upload", Body.Octets, Body.Message);
    public static readonly Method Duplex = new("Fuzz/Duplex", Body.Stream, Body.Stream);
    public static readonly Method Download = new("Fuzz/Download", Body.Empty, Body.Octets);
    public static readonly Method Notice = new("Fuzz/Notice", Body.Message, Body.Empty, oneWay: true);

    /// <summary>What a client may send to a server that serves the methods above.</summary>
    public static readonly byte[][][] ToServer =
    [
        [
            Announce(1, Unary), FrameBytes.Call(1, 1, "one"u8), FrameBytes.Call(3, 1, "two"u8),
            FrameBytes.CallWithHeaders(5, 1, 1_000_000, FrameBytes.Metadata(("key", "value"), ("other-bin", "\u0001")), "three"u8), FrameBytes.Ping(1), FrameBytes.Reset(5),
        ],
        [
            Announce(1, Duplex), FrameBytes.Open(1, 1), FrameBytes.Message(1, "a"u8), FrameBytes.Message(1, "b"u8), FrameBytes.Credit(1, 1000), FrameBytes.Message(1, "piece"u8, FrameFlags.More),
            FrameBytes.Message(1, "last piece"u8), FrameBytes.Credit(0, 100), FrameBytes.End(1),
        ],
        [
            Announce(1, Upload), FrameBytes.Open(1, 1), FrameBytes.Octets(1, new byte[300]), FrameBytes.Octets(1, "more"u8), Announce(2, Notice), FrameBytes.Call(3, 2, "notice"u8),
            FrameBytes.Octets(1, "end"u8, FrameFlags.End),
        ],
        [
            Announce(1, Duplex), Announce(2, Upload), FrameBytes.Open(1, 1), FrameBytes.Open(3, 2), FrameBytes.Message(1, "a"u8), FrameBytes.Ack(1, 1), FrameBytes.Octets(3, new byte[100]), FrameBytes.Ack(3, 100),
            FrameBytes.Message(1, "piece"u8, FrameFlags.More), FrameBytes.Ack(1, 1), FrameBytes.Message(1, "last"u8), FrameBytes.Ack(1, 10), FrameBytes.Headers(0, FrameBytes.Metadata(("who", "ann"))), FrameBytes.End(1),
            FrameBytes.Ack(1, 10), FrameBytes.End(3), FrameBytes.AckAnswer(1, 5),
        ],
        [
            Announce(1, Duplex), Announce(2, Unary), FrameBytes.Open(1, 1), FrameBytes.Open(3, 1), FrameBytes.Message(3, "x"u8), FrameBytes.Message(1, "y"u8, FrameFlags.End), FrameBytes.Open(5, 2),
            FrameBytes.Message(5, new byte[500]), FrameBytes.End(5), FrameBytes.Reset(3, StatusCode.Internal, "no more"), FrameBytes.GoingAway(0), FrameBytes.Close(StatusCode.Ok, "done"),
        ],
    ];

    /// <summary>What a server may send to a client that has called 1: unary, 3: duplex, 5: download.</summary>
    public static readonly byte[][][] ToClient =
    [
        [FrameBytes.Message(1, "reply"u8, FrameFlags.End), FrameBytes.Message(3, "a"u8), FrameBytes.Message(3, "b"u8), FrameBytes.Finish(3), FrameBytes.Octets(5, new byte[300]), FrameBytes.Finish(5)],
        [
            FrameBytes.Headers(1, FrameBytes.Metadata(("key", "value"))), FrameBytes.Finish(1, StatusCode.NotFound, "none", FrameBytes.Metadata(("trailer", "x"))), FrameBytes.Ping(9),
            FrameBytes.Message(3, "piece"u8, FrameFlags.More), FrameBytes.Message(3, "last"u8), FrameBytes.Reset(3, StatusCode.Aborted, "enough"), FrameBytes.Octets(5, "all"u8, FrameFlags.End),
        ],
        [
            FrameBytes.Message(1, "half"u8, FrameFlags.More), FrameBytes.Message(1, "whole"u8), FrameBytes.Finish(1), Announce(1, Unary), FrameBytes.Call(2, 1, "back"u8), FrameBytes.Credit(3, 70000),
            FrameBytes.AckAnswer(3, 7), FrameBytes.Octets(5, "y"u8), FrameBytes.Ack(5, 1), FrameBytes.Ack(3, 0), FrameBytes.GoingAway(3, "bye"), FrameBytes.Finish(3), FrameBytes.Octets(5, "x"u8), FrameBytes.Reset(5), FrameBytes.Close(StatusCode.Unavailable, "gone"),
        ],
    ];

    private static byte[] Announce(ulong id, Method method) => FrameBytes.Route(id, method.FullName, method.Request, method.Response, method.IsOneWay);
}
