using System.Buffers;
using Hawser.Protobuf;

namespace Hawser.Grpc.Contracts;

/// <summary>A protobuf contract for a method whose handler speaks JSON or raw bytes.</summary>
/// <param name="Schema">The method as the contract declares it.</param>
/// <param name="Request">Turns what the caller sends into what the handler reads; null where the handler reads nothing.</param>
/// <param name="Response">Turns what the handler writes into what the caller gets; null where it writes nothing.</param>
internal sealed record Contract(MethodSchema Schema, MessageTranscoder? Request, MessageTranscoder? Response)
{
    /// <summary>Fits a contract to an endpoint.</summary>
    /// <param name="schema">The contract.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="wrong">Why the two do not fit, or null.</param>
    internal static Contract? TryCreate(MethodSchema schema, Endpoint endpoint, out string? wrong)
    {
        var method = endpoint.Method;
        wrong = WrongKind("requests", schema.ClientStreaming, method.Request) ?? WrongKind("responses", schema.ServerStreaming, method.Response);
        if (wrong is not null)
            return null;
        var request = TryCreate(schema.Input, method.Request, IsRaw(endpoint.RequestType, method), ref wrong);
        var response = TryCreate(schema.Output, method.Response, IsRaw(endpoint.ResponseType, method), ref wrong);
        return wrong is null ? new Contract(schema, request, response) : null;
    }

    private static MessageTranscoder? TryCreate(MessageSchema message, Body body, bool isRaw, ref string? wrong)
    {
        if (body == Body.Empty)
            return null;
        if (body < Body.Octets && !isRaw)
            return new JsonTranscoder(message);
        if (BytesTranscoder.TryCreate(message) is { } bytes)
            return bytes;
        wrong ??= $"raw bytes travel as a message with one field of type bytes, and '{message.FullName}' is not one";
        return null;
    }

    /// <summary>Whether messages are their own bytes: the codec of a method is that of its other side then.</summary>
    private static bool IsRaw(Type? type, Method method) => type is null
        ? method.Codec is null
        : type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(ReadOnlySequence<byte>);

    private static string? WrongKind(string side, bool isStream, Body body) => body switch
    {
        Body.MessageAndOctets => $"its {side} are a message with octets behind it, which no contract can say",
        Body.Stream or Body.Octets when !isStream => $"its {side} are a stream, and the contract has one message",
        Body.Empty or Body.Message when isStream => $"its {side} are one message, and the contract has a stream",
        _ => null,
    };
}
