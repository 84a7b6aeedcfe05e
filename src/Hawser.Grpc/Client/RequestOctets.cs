using System.Buffers;
using System.IO.Pipelines;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>Where a caller writes its request's octets: every flush sends what was written as messages, since gRPC has nothing else.</summary>
internal sealed class RequestOctets(GrpcClientCall call) : PipeWriter
{
    // Well below what any server takes as one message.
    private const int LargestPiece = 512 * 1024;

    private readonly PooledBuffer buffer = new();
    private bool isComplete;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => buffer.Length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        return buffer.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => buffer.Advance(bytes);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        var isWanted = await WriteAsync(new ReadOnlySequence<byte>(buffer.Written)).ConfigureAwait(false);
        buffer.Clear();
        return new FlushResult(isCanceled: false, isCompleted: !isWanted);
    }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        if (buffer.Length > 0 && (await FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted)
            return new FlushResult(isCanceled: false, isCompleted: true);
        return new FlushResult(isCanceled: false, isCompleted: !await WriteAsync(new ReadOnlySequence<byte>(source)).ConfigureAwait(false));
    }

    public override void CancelPendingFlush()
    {
        // A flush ends when its octets are in the send buffer or the call has ended; there is nothing in between to return to.
    }

    public override void Complete(Exception? exception = null) => _ = CompleteAsync(exception).AsTask();

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (isComplete)
            return;
        isComplete = true;
        if (exception is not null)
            call.Cancel(new Status(StatusCode.Cancelled, $"The source of the request's octets failed: {exception.Message}"));
        else
            await WriteAsync(new ReadOnlySequence<byte>(buffer.Written)).ConfigureAwait(false);
        buffer.Dispose();
        call.CompleteRequest();
    }

    private async ValueTask<bool> WriteAsync(ReadOnlySequence<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var size = Math.Min(octets.Length, LargestPiece);
            if (!await call.WriteOctetsAsync(octets.Slice(0, size)).ConfigureAwait(false))
                return false;
            octets = octets.Slice(size);
        }

        return call.Status is null;
    }
}
