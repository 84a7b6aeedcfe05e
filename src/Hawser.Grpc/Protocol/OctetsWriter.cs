using System.Buffers;
using System.IO.Pipelines;

namespace Hawser.Grpc.Protocol;

/// <summary>Where one side writes its octets: each flush sends what was written as messages.</summary>
/// <param name="write">Sends one message; false when nobody wants more.</param>
/// <param name="completed">Called once when the octets are complete, with what cut them, if anything; null when nobody wants to know.</param>
internal sealed class OctetsWriter(Func<ReadOnlySequence<byte>, ValueTask<bool>> write, Func<Exception?, ValueTask>? completed = null) : PipeWriter
{
    /// <summary>The longest message, so that peers with a low limit take it.</summary>
    private const int MaxPiece = 64 * 1024;

    private readonly PooledBuffer buffer = new();
    private bool isComplete;
    private bool isEnded;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => buffer.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        return buffer.GetMemory(Math.Max(sizeHint, buffer.Length == 0 ? MaxPiece : 1));
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => buffer.Advance(bytes);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return new FlushResult(isCanceled: false, isCompleted: isEnded);
        var result = await WriteAsync(new ReadOnlySequence<byte>(buffer.Written), cancellationToken).ConfigureAwait(false);
        buffer.Clear();
        return result;
    }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        var before = await FlushAsync(cancellationToken).ConfigureAwait(false);
        return before.IsCompleted ? before : await WriteAsync(new ReadOnlySequence<byte>(source), cancellationToken).ConfigureAwait(false);
    }

    public override void CancelPendingFlush()
    {
        // A flush completes when its octets have left or the call has ended; there is nothing in between to return to.
    }

    public override void Complete(Exception? exception = null) => _ = CompleteAsync(exception).AsTask();

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (isComplete)
            return;
        if (exception is null)
            await FlushAsync().ConfigureAwait(false);
        isComplete = true;
        buffer.Dispose();
        if (completed is not null)
            await completed(exception).ConfigureAwait(false);
    }

    private async ValueTask<FlushResult> WriteAsync(ReadOnlySequence<byte> octets, CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty && !isEnded)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var size = Math.Min(octets.Length, MaxPiece);
            isEnded = !await write(octets.Slice(0, size)).ConfigureAwait(false);
            octets = octets.Slice(size);
        }

        return new FlushResult(isCanceled: false, isCompleted: isEnded);
    }
}
