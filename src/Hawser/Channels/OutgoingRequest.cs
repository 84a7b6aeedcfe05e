namespace Hawser;

/// <summary>What a caller sends in a call that is not plainly unary.</summary>
/// <typeparam name="TRequest">The type of its messages; <see cref="Empty"/> for none.</typeparam>
internal abstract class OutgoingRequest<TRequest>
{
    /// <summary>What travels.</summary>
    internal abstract Body Body { get; }

    /// <summary>Whether sending may take as long as the call, so that replies are read meanwhile.</summary>
    internal abstract bool IsLong { get; }

    /// <summary>Sends everything, and says that it was everything.</summary>
    internal abstract ValueTask SendAsync(ClientCall call, MessageCodec<TRequest> codec, CancellationToken cancellationToken);

    /// <summary>Disposes the source; also when nothing was ever sent.</summary>
    internal virtual ValueTask DisposeSourceAsync() => default;
}

/// <summary>One message, or none.</summary>
internal sealed class MessageRequest<TRequest>(TRequest request) : OutgoingRequest<TRequest>
{
    internal override Body Body => ClientMethodShape.BodyOf<TRequest>();

    internal override bool IsLong => false;

    internal override async ValueTask SendAsync(ClientCall call, MessageCodec<TRequest> codec, CancellationToken cancellationToken)
    {
        if (await MessageWriter.WriteAsync(call, codec, request).ConfigureAwait(false))
            await call.CompleteAsync().ConfigureAwait(false);
    }
}

/// <summary>A stream of messages.</summary>
internal sealed class StreamRequest<TRequest>(IAsyncEnumerable<TRequest> requests) : OutgoingRequest<TRequest>
{
    internal override Body Body => Body.Stream;

    internal override bool IsLong => true;

    internal override async ValueTask SendAsync(ClientCall call, MessageCodec<TRequest> codec, CancellationToken cancellationToken)
    {
        await MessagePump.RunAsync(requests, codec, new RequestSink(call), cancellationToken).ConfigureAwait(false);
        await call.CompleteAsync().ConfigureAwait(false);
    }
}

/// <summary>Octets, after one message or alone. They can be sent once.</summary>
internal sealed class OctetsRequest<TRequest>(TRequest request, OctetsSource source) : OutgoingRequest<TRequest>
{
    internal override Body Body => ClientMethodShape.OctetsAfter<TRequest>();

    internal override bool IsLong => true;

    internal override async ValueTask SendAsync(ClientCall call, MessageCodec<TRequest> codec, CancellationToken cancellationToken)
    {
        if (!await MessageWriter.WriteAsync(call, codec, request).ConfigureAwait(false))
            return;
        var output = call.RequestOctets;
        await source.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
        await output.CompleteAsync().ConfigureAwait(false);
    }

    internal override ValueTask DisposeSourceAsync() => source.DisposeAsync();
}
