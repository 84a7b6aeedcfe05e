using System.Buffers;

namespace Hawser;

/// <summary>Encodes what is pushed, into memory that may be queued for any number of connections.</summary>
internal static class PushedMessage
{
    internal static ReadOnlyMemory<byte> Encode<T>(MessageCodec<T> codec, T message)
    {
        if (typeof(T) == typeof(Empty))
            return default;
        if (codec.TryGetBytes(message, out var bytes))
            return bytes.ToArray();
        var buffer = MessageBuffer.Rent();
        codec.Encode(message, buffer);
        var encoded = buffer.Written.ToArray();
        buffer.Return();
        return encoded;
    }
}
