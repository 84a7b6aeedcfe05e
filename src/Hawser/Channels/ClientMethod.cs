using System.Buffers;

namespace Hawser;

/// <summary>One method as one invoker calls it with given types. Cached, so that a wire can tell methods by reference.</summary>
internal sealed class ClientMethod<TRequest, TReply>(Codec codec, string fullName, ClientMethodShape shape) : ReplyDecoder<TReply>(
    new Method(fullName, shape.Request, shape.Response, shape.IsOneWay) { Codec = MessageCodecs.NameFor(codec, typeof(TRequest), typeof(TReply)) },
    MessageCodecs.For<TReply>(codec, shape.Response == Body.Stream ? MessageOwnership.StreamItem : MessageOwnership.Owned))
{
    internal MessageCodec<TRequest> RequestCodec { get; } = MessageCodecs.For<TRequest>(codec, MessageOwnership.Owned);
}

/// <summary>The half of a client's method that its replies need.</summary>
internal abstract class ReplyDecoder<TReply>(Method method, MessageCodec<TReply> replyCodec)
{
    internal Method Method { get; } = method;

    /// <exception cref="RpcException">The bytes are not such a reply.</exception>
    internal TReply Decode(in ReadOnlySequence<byte> message)
    {
        try
        {
            return replyCodec.Decode(message);
        }
        catch (FormatException failure)
        {
            throw ClientFailure.WrongReply(Method, typeof(TReply), failure);
        }
    }
}

/// <summary>What travels each way, as the caller's types say it.</summary>
internal readonly record struct ClientMethodShape(Body Request, Body Response, bool IsOneWay = false)
{
    /// <summary>The shape of a unary call, where <see cref="Empty"/> means no message.</summary>
    internal static ClientMethodShape Unary<TRequest, TReply>() => new(BodyOf<TRequest>(), BodyOf<TReply>());

    /// <summary>The shape of a notification.</summary>
    internal static ClientMethodShape OneWay<TRequest>() => new(BodyOf<TRequest>(), Body.Empty, IsOneWay: true);

    internal static Body BodyOf<T>() => typeof(T) == typeof(Empty) ? Body.Empty : Body.Message;

    internal static Body OctetsAfter<T>() => typeof(T) == typeof(Empty) ? Body.Octets : Body.MessageAndOctets;
}
