using System.Buffers;
using System.Runtime.CompilerServices;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>
/// The request of one call, as its writer fills it and HTTP empties it: what is ready leaves in one write. Outlives the attempts of the call: what may have to be
/// sent again is kept, up to a bound.
/// </summary>
/// <remarks>One writer, one sender; each on its own thread.</remarks>
/// <param name="maxKept">How much is kept for another attempt, in bytes; 0 keeps nothing.</param>
internal sealed class RequestBody(int maxKept) : IDisposable
{
    // What may wait unsent before the writer must: enough for large writes below, little enough to be no queue.
    private const int HighWater = 64 * 1024;

    // Messages with a hint wait together until they are worth a write.
    private const int HintedSize = 16 * 1024;

    private readonly Lock gate = new();
    private readonly AsyncSignal room = new(runsInline: false);
    private readonly PooledBuffer kept = new();
    private AsyncSignal work = new(runsInline: true);
    private PooledBuffer filling = new();
    private PooledBuffer sending = new();
    private bool isKept = maxKept > 0;
    private bool isAnythingGone;
    private bool isComplete;
    private bool isClosed;
    private bool isSending;

    /// <summary>Whether any of the request may have reached the server: from then on the call may run.</summary>
    internal bool IsTaken { get; private set; }

    /// <summary>Whether everything that was written can be sent once more.</summary>
    internal bool CanReplay
    {
        get
        {
            lock (gate)
                return isKept || !isAnythingGone;
        }
    }

    private bool IsClosed
    {
        get
        {
            lock (gate)
                return isClosed;
        }
    }

    internal void MarkTaken() => IsTaken = true;

    /// <summary>Takes a message.</summary>
    /// <returns>False when nothing more is wanted.</returns>
    internal ValueTask<bool> WriteAsync(in ReadOnlySequence<byte> message, MessageEncoding? encoding, bool mayWait)
    {
        bool isFull;
        AsyncSignal sender;
        lock (gate)
        {
            if (isClosed)
                return new ValueTask<bool>(result: false);
            MessageFrames.Append(filling, message, encoding);
            if (mayWait && filling.Length < HintedSize)
                return new ValueTask<bool>(result: true);
            isFull = filling.Length >= HighWater;
            sender = work;
        }

        sender.Fire();
        return isFull ? WaitForRoomAsync() : new ValueTask<bool>(result: true);
    }

    /// <summary>Nothing more will be written.</summary>
    internal void Complete()
    {
        AsyncSignal sender;
        lock (gate)
        {
            isComplete = true;
            sender = work;
        }

        sender.Fire();
    }

    /// <summary>The response has begun, or there is no other attempt: nothing need be kept any more.</summary>
    internal void Commit()
    {
        lock (gate)
        {
            isKept = false;
            kept.Dispose();
        }
    }

    /// <summary>The call has ended: the writer need not go on, and nothing more is sent.</summary>
    internal void Close()
    {
        AsyncSignal sender;
        lock (gate)
        {
            isClosed = true;
            sender = work;
        }

        room.Fire();
        sender.Fire();
    }

    /// <summary>Sends everything, from the beginning, as it comes. Called by HTTP, once per attempt; an attempt before it then sends no more.</summary>
    /// <exception cref="RequestNotReplayableException">Part of the request is gone.</exception>
    /// <exception cref="OperationCanceledException">The call was given up.</exception>
    internal async Task SendToAsync(Stream stream, CancellationToken cancellationToken)
    {
        var turn = TakeOver();
        var registration = cancellationToken.UnsafeRegister(static signal => ((AsyncSignal)signal!).Fire(), turn);
        await using var unregister = registration.ConfigureAwait(false);
        try
        {
            await SendToAsync(stream, turn, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!IsClosed)
        {
            // HTTP wants no more: the server has ended the stream. HTTP tells why, and whether it may be sent again, unless this throws.
        }
    }

    private async Task SendToAsync(Stream stream, AsyncSignal turn, CancellationToken cancellationToken)
    {
        // The headers go out now: the server may answer before the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryTake(turn, out var bytes, out var isAtEnd))
            {
                if (isAtEnd)
                    return;
                await turn.WaitAsync().ConfigureAwait(false);
                continue;
            }

            await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            Sent(turn);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the buffers back, unless HTTP may still read them.</summary>
    public void Dispose()
    {
        Close();
        lock (gate)
        {
            filling.Dispose();
            kept.Dispose();
            if (!isSending)
                sending.Dispose();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitForRoomAsync()
    {
        while (true)
        {
            lock (gate)
            {
                if (isClosed)
                    return false;
                if (filling.Length < HighWater)
                    return true;
            }

            await room.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Begins an attempt: what was sent in another is there again.</summary>
    private AsyncSignal TakeOver()
    {
        var turn = new AsyncSignal(runsInline: true);
        AsyncSignal before;
        lock (gate)
        {
            before = work;
            work = turn;
            if (isAnythingGone)
                Rewind();
        }

        before.Fire();
        return turn;
    }

    private void Rewind()
    {
        if (!isKept)
            throw new RequestNotReplayableException();
        var all = new PooledBuffer();
        all.Write(kept.Written.Span);
        all.Write(filling.Written.Span);
        filling.Dispose();
        filling = all;
        kept.Clear();

        // The attempt before may be reading the other one still.
        if (isSending)
            sending = new PooledBuffer();
        isSending = isAnythingGone = false;
    }

    private bool TryTake(AsyncSignal turn, out ReadOnlyMemory<byte> bytes, out bool isAtEnd)
    {
        bytes = default;
        lock (gate)
        {
            // A request that is given up must not look like one that has ended.
            if (isClosed || !ReferenceEquals(turn, work))
                throw new OperationCanceledException("The request was given up.");
            isAtEnd = isComplete && filling.Length == 0;
            if (filling.Length == 0)
                return false;
            (filling, sending) = (sending, filling);
            isSending = isAnythingGone = true;
            bytes = sending.Written;
            if (isKept && kept.Length + bytes.Length <= maxKept)
            {
                kept.Write(bytes.Span);
            }
            else
            {
                isKept = false;
                kept.Dispose();
            }
        }

        room.Fire();
        return true;
    }

    private void Sent(AsyncSignal turn)
    {
        lock (gate)
        {
            if (!ReferenceEquals(turn, work))
                return;
            isSending = false;
            sending.Clear();
            if (isClosed)
                sending.Dispose();
        }
    }
}
