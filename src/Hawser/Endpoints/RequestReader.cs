namespace Hawser;

/// <summary>Reads what a handler takes besides octets, before the handler runs.</summary>
internal abstract class RequestReader<TRequest>
{
    internal abstract ValueTask<TRequest> ReadAsync(ServerCall call);

    /// <summary>The call has ended.</summary>
    internal virtual void Release(TRequest request)
    {
    }
}

/// <summary>No message: nothing, or octets alone.</summary>
internal sealed class NoRequestReader : RequestReader<Empty>
{
    internal override ValueTask<Empty> ReadAsync(ServerCall call) => default;
}

/// <summary>One message, and nothing or octets after it.</summary>
internal sealed class OneRequestReader<T>(RequestDecoder<T> decoder, bool octetsFollow) : RequestReader<T>
{
    internal override async ValueTask<T> ReadAsync(ServerCall call)
    {
        if (!await call.ReadAsync().ConfigureAwait(false))
            decoder.ThrowMissing();
        var request = decoder.Decode(call);
        // A borrowed request would be taken away by asking for another.
        if (!octetsFollow && !decoder.Codec.Borrows && await call.ReadAsync().ConfigureAwait(false))
            decoder.ThrowSecond();
        return request;
    }
}

/// <summary>A stream of messages.</summary>
internal sealed class RequestStreamReader<T>(Method method, RequestDecoder<T> decoder) : RequestReader<IAsyncEnumerable<T>>
{
    internal override ValueTask<IAsyncEnumerable<T>> ReadAsync(ServerCall call) => new(new RequestMessages<T>(call, method, decoder));

    internal override void Release(IAsyncEnumerable<T> request) => ((RequestMessages<T>)request).Detach();
}
