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
            Announce(1, Unary), Wire.Call(1, 1, "one"u8), Wire.Call(3, 1, "two"u8),
            Wire.CallWithHeaders(5, 1, 1_000_000, Wire.Metadata(("key", "value"), ("other-bin", "\u0001")), "three"u8), Wire.Ping(1), Wire.Reset(5),
        ],
        [
            Announce(1, Duplex), Wire.Open(1, 1), Wire.Message(1, "a"u8), Wire.Message(1, "b"u8), Wire.Credit(1, 1000), Wire.Message(1, "piece"u8, FrameFlags.More),
            Wire.Message(1, "last piece"u8), Wire.Credit(0, 100), Wire.End(1),
        ],
        [
            Announce(1, Upload), Wire.Open(1, 1), Wire.Octets(1, new byte[300]), Wire.Octets(1, "more"u8), Announce(2, Notice), Wire.Call(3, 2, "notice"u8),
            Wire.Octets(1, "end"u8, FrameFlags.End),
        ],
        [
            Announce(1, Duplex), Announce(2, Unary), Wire.Open(1, 1), Wire.Open(3, 1), Wire.Message(3, "x"u8), Wire.Message(1, "y"u8, FrameFlags.End), Wire.Open(5, 2),
            Wire.Message(5, new byte[500]), Wire.End(5), Wire.Reset(3, StatusCode.Internal, "no more"), Wire.GoingAway(0), Wire.Close(StatusCode.Ok, "done"),
        ],
    ];

    /// <summary>What a server may send to a client that has called 1: unary, 3: duplex, 5: download.</summary>
    public static readonly byte[][][] ToClient =
    [
        [Wire.Message(1, "reply"u8, FrameFlags.End), Wire.Message(3, "a"u8), Wire.Message(3, "b"u8), Wire.Finish(3), Wire.Octets(5, new byte[300]), Wire.Finish(5)],
        [
            Wire.Headers(1, Wire.Metadata(("key", "value"))), Wire.Finish(1, StatusCode.NotFound, "none", Wire.Metadata(("trailer", "x"))), Wire.Ping(9),
            Wire.Message(3, "piece"u8, FrameFlags.More), Wire.Message(3, "last"u8), Wire.Reset(3, StatusCode.Aborted, "enough"), Wire.Octets(5, "all"u8, FrameFlags.End),
        ],
        [
            Wire.Message(1, "half"u8, FrameFlags.More), Wire.Message(1, "whole"u8), Wire.Finish(1), Announce(1, Unary), Wire.Call(2, 1, "back"u8), Wire.Credit(3, 70000),
            Wire.GoingAway(3, "bye"), Wire.Finish(3), Wire.Octets(5, "x"u8), Wire.Reset(5), Wire.Close(StatusCode.Unavailable, "gone"),
        ],
    ];

    private static byte[] Announce(ulong id, Method method) => Wire.Route(id, method.FullName, method.Request, method.Response, method.IsOneWay);
}
