using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>A response's octets as their caller reads them. Completing the reader ends the call.</summary>
internal sealed class ReplyOctetsReader(OutgoingCall outgoing) : PipeReader
{
    private readonly PipeReader octets = outgoing.Call.ResponseOctets;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await octets.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.IsCompleted)
                await outgoing.ReportAsync(outgoing.Call.Status ?? Status.Ok).ConfigureAwait(false);
            return read;
        }
        catch (RpcException failure)
        {
            await outgoing.ReportAsync(failure.Status).ConfigureAwait(false);
            throw Translate(failure);
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        try
        {
            return octets.TryRead(out result);
        }
        catch (RpcException failure)
        {
            throw Translate(failure);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => octets.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => octets.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => octets.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // Giving the buffers back may take longer than the caller can wait here; nothing of the call depends on it.
        _ = outgoing.DisposeAsync().AsTask();
    }

    public override ValueTask CompleteAsync(Exception? exception = null) => outgoing.DisposeAsync();

    /// <summary>The same failure when it has nothing to say beyond its status; otherwise the caller's token's, or the source's.</summary>
    private Exception Translate(RpcException failure) => failure.Code == StatusCode.Cancelled
        ? outgoing.Failure(failure.Status, failure.Trailers, failure.NotRun)
        : failure;
}
