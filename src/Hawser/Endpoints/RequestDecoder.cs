using System.Diagnostics.CodeAnalysis;

namespace Hawser;

/// <summary>Turns a call's messages into requests of one type, and what is wrong with them into <see cref="StatusCode.InvalidArgument"/>.</summary>
internal sealed class RequestDecoder<T>(MethodSignature signature, MessageCodec<T> codec)
{
    private readonly Method method = signature.Method;
    private readonly bool refusesNull = signature.RequestRefusesNull;

    internal MessageCodec<T> Codec => codec;

    internal T Decode(ServerCall call)
    {
        try
        {
            var request = codec.Decode(call.Message);
            return request is null && refusesNull
                ? throw new FormatException("it is null, which the method does not take.")
                : request;
        }
        catch (FormatException failure)
        {
            throw new RpcException(
                new Status(
                    StatusCode.InvalidArgument,
                    $"A request of '{method.FullName}' cannot be decoded: {failure.Message}"),
                trailers: null,
                failure);
        }
    }

    [DoesNotReturn]
    internal void ThrowMissing() => throw new RpcException(
        StatusCode.InvalidArgument,
        $"'{method.FullName}' takes one message, and none came.");

    [DoesNotReturn]
    internal void ThrowSecond() => throw new RpcException(
        StatusCode.InvalidArgument,
        $"'{method.FullName}' takes one message, and a second one came; a stream of them needs a method that takes IAsyncEnumerable<T>.");
}
