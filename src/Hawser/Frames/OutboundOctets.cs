using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Hawser.Frames;

/// <summary>Where one side writes its octets: straight into the block that is sent, behind room for the frame's header.</summary>
/// <remarks>Flushing completes when the transport has the octets, so the block is used again at once; a slow reader slows the writer.</remarks>
internal sealed class OutboundOctets(CallOutput output, Func<Exception?, ValueTask>? completed = null) : PipeWriter, IValueTaskSource<FlushResult>, IAcknowledgingWriter
{
    /// <summary>From this size on, an array that the user wants to write is sent from where it is.</summary>
    private const int ByReference = 16 * 1024;

    private Block? block;
    private int filled;
    private byte[]? large;
    private int largeFilled;
    private bool complete;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => filled + largeFilled;

    private int Capacity => Math.Min(output.MaxOctets, Block.Large - FrameLimits.MaxHeader);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(complete, this);
        if (large is not null || Math.Max(sizeHint, 1) > Capacity - filled)
            return GetLargeMemory(sizeHint);
        block ??= Block.Rent(Block.Large);
        return block.Bytes.AsMemory(FrameLimits.MaxHeader + filled, Capacity - filled);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (large is not null)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, large.Length - largeFilled);
            largeFilled += bytes;
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Capacity - filled);
            filled += bytes;
        }
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (large is not null)
            return FlushLargeAsync();
        if (filled == 0)
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
        var room = new ArraySegment<byte>(block!.Bytes, 0, FrameLimits.MaxHeader);
        var octets = new ArraySegment<byte>(block.Bytes, FrameLimits.MaxHeader, filled);
        filled = 0;
        return Flushing(output.WriteOctetsAsync(room, octets));
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.Length >= ByReference && source.Length <= output.MaxOctets && UnflushedBytes == 0
            && MemoryMarshal.TryGetArray(source, out var array))
        {
            return Flushing(output.WriteOctetsAsync(array));
        }

        return WritePartsAsync(source);
    }

    public override void CancelPendingFlush()
    {
        // A flush completes when its octets have left or the call has ended; there is nothing in between to return to.
    }

    public override void Complete(Exception? exception = null) => _ = CompleteAsync(exception).AsTask();

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (complete)
            return;
        await FlushAsync().ConfigureAwait(false);
        complete = true;
        if (completed is not null)
            await completed(exception).ConfigureAwait(false);
    }

    public async ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken)
    {
        if (!complete)
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        return await output.AcknowledgeAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the block back. Only when no flush is pending.</summary>
    public void Release()
    {
        complete = true;
        if (output.IsIdle)
            block?.Release();
        block = null;
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => Result(output.Chunk.GetResult(token));

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => output.Chunk.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        output.Chunk.OnCompleted(continuation, state, token, flags);

    /// <summary>A write as a flush: the same source under another type, so that waiting allocates nothing.</summary>
    private ValueTask<FlushResult> Flushing(ValueTask<bool> write) => write.IsCompleted
        ? new ValueTask<FlushResult>(Result(write.Result))
        : new ValueTask<FlushResult>(this, output.Chunk.Version);

    private static FlushResult Result(bool written) => new(isCanceled: false, isCompleted: !written);

    private async ValueTask<FlushResult> WritePartsAsync(ReadOnlyMemory<byte> source)
    {
        while (!source.IsEmpty)
        {
            var memory = GetMemory();
            var size = Math.Min(memory.Length, source.Length);
            source[..size].CopyTo(memory);
            Advance(size);
            source = source[size..];
            var flush = await FlushAsync().ConfigureAwait(false);
            if (flush.IsCompleted)
                return flush;
        }

        return Result(written: true);
    }

    /// <summary>For a user who wants more in one piece than a frame holds: gathered apart, and cut when it is flushed.</summary>
    private Memory<byte> GetLargeMemory(int sizeHint)
    {
        var needed = filled + largeFilled + Math.Max(sizeHint, Block.Large);
        if (large is null || large.Length < needed)
        {
            var larger = new byte[Math.Max(needed, 2 * (large?.Length ?? 0))];
            if (large is null && filled > 0)
            {
                block!.Bytes.AsSpan(FrameLimits.MaxHeader, filled).CopyTo(larger);
                largeFilled = filled;
                filled = 0;
            }
            else
            {
                large?.AsSpan(0, largeFilled).CopyTo(larger);
            }

            large = larger;
        }

        return large.AsMemory(largeFilled);
    }

    private async ValueTask<FlushResult> FlushLargeAsync()
    {
        var bytes = large!;
        var size = largeFilled;
        large = null;
        largeFilled = 0;
        for (var at = 0; at < size; at += Capacity)
        {
            if (!await output.WriteOctetsAsync(new ArraySegment<byte>(bytes, at, Math.Min(Capacity, size - at))).ConfigureAwait(false))
                return Result(written: false);
        }

        return Result(written: true);
    }
}
