using System.Buffers;
using System.IO.Pipelines;

namespace Hawser;

/// <summary>A request's octets: gathered here and kept until the call is committed to an attempt, and from then on written straight into it.</summary>
internal sealed class RetriedOctetsWriter(RetriedCall call) : PipeWriter, IAcknowledgingWriter
{
    private const int MinBuffer = 4096;

    private byte[]? buffer;
    private int filled;
    private bool isStraight;
    private bool isComplete;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => isStraight ? Octets.UnflushedBytes : filled;

    private PipeWriter Octets => call.Current.RequestOctets;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        if (IsStraight())
            return Octets.GetMemory(sizeHint);
        var needed = filled + Math.Max(sizeHint, 1);
        if (buffer is null || buffer.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(MinBuffer, 2 * filled)));
            buffer.AsSpan(0, filled).CopyTo(larger);
            Release();
            buffer = larger;
        }

        return buffer.AsMemory(filled);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (isStraight)
        {
            Octets.Advance(bytes);
            return;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (buffer?.Length ?? 0) - filled);
        filled += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        isStraight ? Octets.FlushAsync(cancellationToken) : FlushKeptAsync();

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        IsStraight() ? Octets.WriteAsync(source, cancellationToken) : WriteKeptAsync(source);

    public async ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken)
    {
        if (isStraight)
            return await call.Current.AcknowledgeAsync(cancellationToken).ConfigureAwait(false);
        await FlushKeptAsync().ConfigureAwait(false);
        return await call.AcknowledgeKeptAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void CancelPendingFlush() => Octets.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _ = CompleteAsync(exception).AsTask();

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (isComplete)
            return;
        if (filled > 0)
            await FlushKeptAsync().ConfigureAwait(false);
        isComplete = true;
        Release();
        await call.CompleteOctetsAsync(exception).ConfigureAwait(false);
    }

    /// <summary>Whether the octets go into the attempt itself. Changes between two flushes only, so that nothing overtakes what was gathered here.</summary>
    private bool IsStraight()
    {
        if (!isStraight && filled == 0 && call.WritesStraight)
        {
            isStraight = true;
            Release();
        }

        return isStraight;
    }

    private async ValueTask<FlushResult> WriteKeptAsync(ReadOnlyMemory<byte> source)
    {
        if (filled > 0)
        {
            var flush = await FlushKeptAsync().ConfigureAwait(false);
            if (flush.IsCompleted)
                return flush;
        }

        return await call.WriteOctetsAsync(source).ConfigureAwait(false);
    }

    private async ValueTask<FlushResult> FlushKeptAsync()
    {
        if (filled == 0)
            return default;
        var octets = buffer.AsMemory(0, filled);
        var flush = await call.WriteOctetsAsync(octets).ConfigureAwait(false);
        filled = 0;
        return flush;
    }

    private void Release()
    {
        if (buffer is not null)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }
}
