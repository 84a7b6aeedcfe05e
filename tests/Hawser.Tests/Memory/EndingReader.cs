using System.IO.Pipelines;

namespace Hawser.Tests;

/// <summary>A call's octets in memory: what has come is read before the failure that follows it, which a bare pipe would put first.</summary>
internal sealed class EndingReader(MemoryCall call) : PipeReader
{
    private readonly PipeReader octets = call.ReplyOctets.Reader;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Check(await octets.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!octets.TryRead(out result))
            return false;
        result = Check(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => octets.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => octets.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => octets.CancelPendingRead();

    public override void Complete(Exception? exception = null) => octets.Complete(exception);

    private ReadResult Check(ReadResult read)
    {
        if (!read.IsCompleted || call.Status is not { IsOk: false } failure)
            return read;
        return read.Buffer.IsEmpty ? throw new RpcException(failure, call.Trailers) : new ReadResult(read.Buffer, read.IsCanceled, isCompleted: false);
    }
}
