using System.Buffers;
using System.Net.Quic;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Hawser.Transports;

/// <summary>One bidirectional stream of QUIC. It frees itself when both directions have ended.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class QuicLane : Lane
{
    /// <summary>
    /// The most in one write. QUIC takes one buffer at a time and each costs a change of threads, so several that fit are copied into one; larger ones go as they
    /// are, piece by piece, because MsQuic buffers what it is given at once, however much that is.
    /// </summary>
    private const int MostPerWrite = 256 * 1024;

    private readonly QuicStream stream;
    private readonly string peer;
    private readonly CancellationTokenSource peerAborted = new();
    private IOException? failure;
    private IOException? writeFailure;
    private volatile bool hasEnded;
    private volatile bool writesCompleted;
    private volatile bool endedBeforeWrites;

    public QuicLane(QuicStream stream, string peer)
    {
        this.stream = stream;
        this.peer = peer;
        Over = WatchAsync();
    }

    public override CancellationToken PeerAborted => peerAborted.Token;

    /// <summary>Ends when both directions have ended and the stream is freed.</summary>
    public Task Over { get; }

    /// <summary>Whether the peer's last byte has been read.</summary>
    public bool HasEnded => hasEnded;

    /// <summary>Whether this side has ended in order, so that what it wrote is to be delivered.</summary>
    public bool WritesCompleted => writesCompleted && Volatile.Read(ref failure) is null;

    /// <summary>Whether the peer had ended its side before this one did: it is the peer that waits for this side's last bytes.</summary>
    public bool EndedBeforeWrites => endedBeforeWrites;

    /// <summary>Whether the peer has said that it reads no more, having ended its own side.</summary>
    public bool IsUnwanted { get; private set; }

    /// <summary>Why this side ended both directions; 0 when it did not.</summary>
    public long AbortCode { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (Known() is { } failed)
            throw failed;
        if (hasEnded)
            return 0;
        int count;
        try
        {
            count = await stream.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (ObjectDisposedException) when (hasEnded)
        {
            return 0; // the end came with the last bytes, and the lane is over since
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            throw Known() ?? Failure(exception);
        }

        hasEnded |= count == 0;
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        ThrowIfNotWritable();
        try
        {
            while (bytes.Length > MostPerWrite)
            {
                await stream.WriteAsync(bytes[..MostPerWrite]).ConfigureAwait(false);
                bytes = bytes[MostPerWrite..];
            }

            await stream.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            ThrowIfNotWritable();
            throw Failure(exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(IList<ArraySegment<byte>> buffers)
    {
        var total = 0L;
        for (var index = 0; index < buffers.Count; index++)
            total += buffers[index].Count;
        if (total == 0)
            return;

        var gathered = ArrayPool<byte>.Shared.Rent((int)Math.Min(total, MostPerWrite));
        var size = Math.Min(gathered.Length, MostPerWrite);
        var count = 0;
        for (var index = 0; index < buffers.Count; index++)
        {
            ReadOnlyMemory<byte> rest = buffers[index];
            while (!rest.IsEmpty)
            {
                if (count == 0 && rest.Length >= size)
                {
                    await WriteAsync(rest).ConfigureAwait(false);
                    break;
                }

                var part = Math.Min(rest.Length, size - count);
                rest[..part].CopyTo(gathered.AsMemory(count));
                count += part;
                rest = rest[part..];
                if (count == size)
                {
                    await WriteAsync(gathered.AsMemory(0, count)).ConfigureAwait(false);
                    count = 0;
                }
            }
        }

        if (count > 0)
            await WriteAsync(gathered.AsMemory(0, count)).ConfigureAwait(false);

        // Not after a failure: a write that failed because the peer stopped may still be read from.
        ArrayPool<byte>.Shared.Return(gathered);
    }

    public override ValueTask CompleteWritesAsync()
    {
        try
        {
            ThrowIfNotWritable();
            endedBeforeWrites = hasEnded;
            writesCompleted = true;
            stream.CompleteWrites();
            return default;
        }
        catch (IOException exception) when (exception is not QuicException)
        {
            return ValueTask.FromException(exception);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            return ValueTask.FromException(Known() ?? Failure(exception));
        }
    }

    public override void Abort(long code)
    {
        if (Interlocked.CompareExchange(ref failure, new IOException($"The lane of {peer} was aborted by this side."), null) is null)
            AbortCode = code;
        Stop(QuicAbortDirection.Both, code);
    }

    /// <summary>Tells the peer that nothing is read any more; what was written goes on.</summary>
    public void StopReading() => Stop(QuicAbortDirection.Read, 0);

    private void Stop(QuicAbortDirection direction, long code)
    {
        try
        {
            stream.Abort(direction, code);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            // The stream has ended in this moment: there is nothing left to abort.
        }
    }

    private async Task WatchAsync()
    {
        await Task.WhenAll(WatchReadsAsync(), WatchWritesAsync()).ConfigureAwait(false);
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WatchReadsAsync()
    {
        try
        {
            await stream.ReadsClosed.ConfigureAwait(false);
            hasEnded = true;
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            // Whoever aborts ends both directions; the other half of the news may still be on its way.
            Interlocked.CompareExchange(ref failure, Failure(exception), null);
            if (IsAbort(exception))
                _ = peerAborted.CancelAsync();
        }
    }

    private async Task WatchWritesAsync()
    {
        try
        {
            await stream.WritesClosed.ConfigureAwait(false);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            Volatile.Write(ref writeFailure, Failure(exception));
            IsUnwanted = IsAbort(exception);
            if (IsUnwanted)
                _ = peerAborted.CancelAsync();
        }
    }

    private static bool IsAbort(Exception exception) => exception is QuicException { QuicError: QuicError.StreamAborted };

    private void ThrowIfNotWritable()
    {
        if ((Volatile.Read(ref failure) ?? Volatile.Read(ref writeFailure)) is { } failed)
            throw Again(failed);
    }

    /// <summary>Why the lane has ended; null while it has not.</summary>
    private IOException? Known() => Volatile.Read(ref failure) is { } failed ? Again(failed) : null;

    private IOException Failure(Exception exception) => exception is QuicException { QuicError: QuicError.StreamAborted } aborted
        ? new LaneAbortedException(aborted.ApplicationErrorCode ?? 0)
        : QuicFailure.Cut(peer, exception);

    /// <summary>A known failure for one more who asks: an exception belongs to one throw.</summary>
    private static IOException Again(IOException failed) => failed is LaneAbortedException aborted
        ? new LaneAbortedException(aborted.Code)
        : new IOException(failed.Message, failed);
}
