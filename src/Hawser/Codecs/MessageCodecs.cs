using System.Buffers;

namespace Hawser;

/// <summary>The one place where raw bytes are told from what a <see cref="Codec"/> encodes.</summary>
/// <remarks>
/// Whose the bytes are. <c>byte[]</c> is always the reader's own copy. <see cref="ReadOnlySequence{T}"/> is borrowed, without a copy, in a unary
/// handler's request (until its task ends) and in a stream (until the next item is asked for); <see cref="ReadOnlyMemory{T}"/> is borrowed in a unary
/// handler's request only. Everywhere else (replies to a caller, a request that octets follow) both are copies.
/// </remarks>
internal static class MessageCodecs
{
    internal static MessageCodec<T> For<T>(Codec codec, MessageOwnership ownership)
    {
        if (typeof(T) == typeof(byte[]))
            return (MessageCodec<T>)(object)new RawArrayCodec();
        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            return (MessageCodec<T>)(object)new RawMemoryCodec(ownership == MessageOwnership.UnaryRequest);
        if (typeof(T) == typeof(ReadOnlySequence<byte>))
            return (MessageCodec<T>)(object)new RawSequenceCodec(ownership != MessageOwnership.Owned);
        if (typeof(T) == typeof(Empty))
            return (MessageCodec<T>)(object)new EmptyCodec();
        return codec.For<T>();
    }
}
