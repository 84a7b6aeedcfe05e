using System.IO.Pipelines;

namespace Hawser;

/// <summary>A response's octets, of the attempt that is answered.</summary>
internal sealed class RetriedOctetsReader(RetriedCall call) : PipeReader
{
    private PipeReader? lastRead;
    private bool isAnswered;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        isAnswered ? lastRead!.ReadAsync(cancellationToken) : ReadFirstAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        // The first read may end in another attempt: that needs a reader who waits.
        if (isAnswered)
            return lastRead!.TryRead(out result);
        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => lastRead?.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => lastRead?.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => call.Current.ResponseOctets.CancelPendingRead();

    public override void Complete(Exception? exception = null) => call.Current.ResponseOctets.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => call.Current.ResponseOctets.CompleteAsync(exception);

    private async ValueTask<ReadResult> ReadFirstAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (call.FailureToThrow is { } failure)
                throw failure;
            var attempt = call.Current;
            try
            {
                lastRead = attempt.ResponseOctets;
                var read = await lastRead.ReadAsync(cancellationToken).ConfigureAwait(false);
                isAnswered = !read.IsCanceled && call.TryCommit(attempt);
                if (isAnswered || read.IsCanceled)
                    return read;
            }
            catch (RpcException exception)
            {
                if (await call.RecoverAsync(attempt).ConfigureAwait(false))
                    continue;
                if (call.FailureToThrow is { } end)
                    throw end;
                if (exception.NotRun == call.NotRun)
                    throw;
                throw new RpcException(exception.Status, exception.Trailers, exception) { NotRun = call.NotRun };
            }
        }
    }
}
