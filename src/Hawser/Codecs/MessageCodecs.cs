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

    /// <summary>The name of the codec that a method with these types speaks; null where both are raw or absent.</summary>
    /// <exception cref="NotSupportedException">They speak different codecs, where a call has one.</exception>
    internal static string? NameFor(Codec codec, Type request, Type response)
    {
        var first = IsRaw(request) ? null : codec.NameFor(request);
        var second = IsRaw(response) ? null : codec.NameFor(response);
        return first is null || second is null || string.Equals(first, second, StringComparison.Ordinal)
            ? first ?? second
            : throw new NotSupportedException(
                $"its request, a {TypeNames.Of(request)}, is '{first}' and its response, a {TypeNames.Of(response)}, is '{second}', where a call has one codec.");
    }

    private static bool IsRaw(Type type) =>
        type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>) || type == typeof(ReadOnlySequence<byte>) || type == typeof(Empty);
}
