using System.Buffers;
using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>Where a stream of messages goes: either half of a call.</summary>
internal interface IMessageSink
{
    /// <summary>Sends one message; false when nobody wants more.</summary>
    ValueTask<bool> WriteAsync(in ReadOnlySequence<byte> message, WriteFlags flags);

    /// <summary>Where the source asks whether what it gave has been consumed; null when it cannot.</summary>
    StreamAcknowledgements? Acknowledgements { get; }
}

/// <summary>A response's messages.</summary>
internal readonly struct ResponseSink(ServerCall call, StreamAcknowledgements? acknowledgements) : IMessageSink
{
    public StreamAcknowledgements? Acknowledgements => acknowledgements;

    public ValueTask<bool> WriteAsync(in ReadOnlySequence<byte> message, WriteFlags flags)
    {
        var written = call.WriteAsync(message, flags);
        if (!written.IsCompletedSuccessfully)
            return Await(written);
        written.GetAwaiter().GetResult();
        return new ValueTask<bool>(true);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> Await(ValueTask written)
    {
        await written.ConfigureAwait(false);
        return true;
    }
}

/// <summary>A request's messages.</summary>
internal readonly struct RequestSink(ClientCall call) : IMessageSink
{
    public StreamAcknowledgements? Acknowledgements => null;

    public ValueTask<bool> WriteAsync(in ReadOnlySequence<byte> message, WriteFlags flags) => call.WriteAsync(message, flags);
}

/// <summary>Writes a source of objects as messages. What is ready at once goes out together; nothing is held back while the source is waited for.</summary>
internal static class MessagePump
{
    // A raw message from here on fills a write by itself: sent as it is, without the copy that looking one ahead takes.
    private const int LargeMessage = 4096;

    /// <summary>Ends when the source has, or when nobody wants more. The source is always disposed.</summary>
    internal static async ValueTask RunAsync<T, TSink>(IAsyncEnumerable<T> source, MessageCodec<T> codec, TSink sink, CancellationToken cancellationToken)
        where TSink : struct, IMessageSink
    {
        var items = source.GetAsyncEnumerator(cancellationToken);
        var buffer = MessageBuffer.Rent();
        var acknowledgements = sink.Acknowledgements;
        try
        {
            var found = await items.MoveNextAsync().ConfigureAwait(false);
            while (found)
            {
                if (codec.TryGetBytes(items.Current, out var bytes) && bytes.Length >= LargeMessage)
                {
                    if (!await sink.WriteAsync(bytes, WriteFlags.None).ConfigureAwait(false))
                        return;
                    found = await items.MoveNextAsync().ConfigureAwait(false);
                    continue;
                }

                // The item is copied before the source moves on, which may take its bytes away.
                buffer.Clear();
                codec.Encode(items.Current, buffer);
                acknowledgements?.Writing();
                var next = Advance(items);
                var isReady = next.IsCompletedSuccessfully;
                var isFollowed = isReady && next.Result;
                var wanted = false;
                try
                {
                    var mayWait = isFollowed && acknowledgements?.AreWaiting != true;
                    wanted = await sink.WriteAsync(buffer.Written, mayWait ? WriteFlags.BufferHint : WriteFlags.None).ConfigureAwait(false);
                }
                finally
                {
                    acknowledgements?.Written();
                    if (!wanted && !isReady)
                        await SettleAsync(next).ConfigureAwait(false);
                }

                if (!wanted)
                    return;
                found = isReady ? isFollowed : await next.ConfigureAwait(false);
            }
        }
        finally
        {
            buffer.Return();
            await items.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Asks for the next item. A source that throws instead of returning a failed task must not lose the item before it.</summary>
    private static ValueTask<bool> Advance<T>(IAsyncEnumerator<T> items)
    {
        try
        {
            return items.MoveNextAsync();
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<bool>(failure);
        }
    }

    /// <summary>Waits for an item that nobody wants any more: a source may not be disposed while it works. How that ends no longer matters.</summary>
    private static async ValueTask SettleAsync(ValueTask<bool> next) =>
        await ((Task)next.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
