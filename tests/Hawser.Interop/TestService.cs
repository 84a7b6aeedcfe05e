using Google.Protobuf;

namespace Hawser.Interop;

/// <summary>Names and values that the cases fix for both sides.</summary>
public static class TestService
{
    /// <summary>The service's name, with the slash that methods' names follow.</summary>
    public const string Prefix = "grpc.testing.TestService/";

    /// <summary>Gives nothing back but an empty message.</summary>
    public const string EmptyCall = Prefix + "EmptyCall";

    /// <summary>One request, one response.</summary>
    public const string UnaryCall = Prefix + "UnaryCall";

    /// <summary>Counts the bytes of a stream of requests.</summary>
    public const string StreamingInputCall = Prefix + "StreamingInputCall";

    /// <summary>Gives a stream of responses, of sizes that the request names.</summary>
    public const string StreamingOutputCall = Prefix + "StreamingOutputCall";

    /// <summary>Gives responses, of sizes that each request names, while requests come.</summary>
    public const string FullDuplexCall = Prefix + "FullDuplexCall";

    /// <summary>What the server sends back among the response headers.</summary>
    public const string EchoInitial = "x-grpc-test-echo-initial";

    /// <summary>What the server sends back among the trailers.</summary>
    public const string EchoTrailing = "x-grpc-test-echo-trailing-bin";

    /// <summary>A payload of zeros.</summary>
    /// <param name="size">How many.</param>
    /// <returns>A new payload.</returns>
    public static Payload Zeros(int size) => new() { Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) };
}
