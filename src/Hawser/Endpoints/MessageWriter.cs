namespace Hawser;

/// <summary>Writes single messages that are not on the hot way.</summary>
internal static class MessageWriter
{
    internal static async ValueTask WriteAsync<T>(ServerCall call, MessageCodec<T> codec, T value, WriteFlags flags)
    {
        if (typeof(T) == typeof(Empty))
            return;
        if (codec.TryGetBytes(value, out var bytes))
        {
            await call.WriteAsync(bytes, flags).ConfigureAwait(false);
            return;
        }

        var buffer = MessageBuffer.Rent();
        codec.Encode(value, buffer);
        await call.WriteAsync(buffer.Written, flags).ConfigureAwait(false);
        buffer.Return();
    }

    internal static async ValueTask<bool> WriteAsync<T>(ClientCall call, MessageCodec<T> codec, T value)
    {
        if (typeof(T) == typeof(Empty))
            return true;
        if (codec.TryGetBytes(value, out var bytes))
            return await call.WriteAsync(bytes).ConfigureAwait(false);
        var buffer = MessageBuffer.Rent();
        codec.Encode(value, buffer);
        var more = await call.WriteAsync(buffer.Written).ConfigureAwait(false);
        buffer.Return();
        return more;
    }
}
