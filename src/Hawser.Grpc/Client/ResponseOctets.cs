using System.Buffers;
using System.IO.Pipelines;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>A response's octets as a caller reads them: the messages behind one another, where they were read. Only what is asked for twice is copied.</summary>
internal sealed class ResponseOctets(GrpcClientCall call) : PipeReader
{
    private readonly PooledBuffer joined = new();
    private readonly AsyncSignal cancelled = new(runsInline: false);
    private ReadOnlySequence<byte> unread = ReadOnlySequence<byte>.Empty;
    private Task<bool>? pending;
    private Task? cancellation;
    private bool isExamined = true;
    private bool hasEnded;
    private bool isComplete;
    private volatile bool cancelRequested;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        cancellationToken.ThrowIfCancellationRequested();
        while (isExamined && !hasEnded && !cancelRequested)
        {
            if (pending is null)
            {
                KeepUnread();
                var read = call.ReadMessageAsync();
                if (read.IsCompletedSuccessfully)
                {
                    Take(read.Result);
                    continue;
                }

                pending = read.AsTask();
            }

            cancellation ??= cancelled.WaitAsync().AsTask();
            await Task.WhenAny(pending, cancellation).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (cancellation.IsCompleted)
                cancellation = null;
            if (pending.IsCompleted)
            {
                Take(await pending.ConfigureAwait(false));
                pending = null;
            }
        }

        return Result();
    }

    public override bool TryRead(out ReadResult result)
    {
        ObjectDisposedException.ThrowIf(isComplete, this);
        if (isExamined && !hasEnded && !cancelRequested)
        {
            result = default;
            return false;
        }

        result = Result();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        isExamined = unread.Slice(examined).IsEmpty;
        unread = unread.Slice(consumed);
    }

    public override void CancelPendingRead()
    {
        cancelRequested = true;
        cancelled.Fire();
    }

    public override void Complete(Exception? exception = null)
    {
        if (isComplete)
            return;
        isComplete = true;
        if (call.Status is null)
            call.Cancel(new Status(StatusCode.Cancelled, "The reader completed the response's octets before their end."));
        if (pending is null)
            joined.Dispose();
    }

    private ReadResult Result()
    {
        var isCanceled = cancelRequested;
        cancelRequested = false;
        var failure = hasEnded && call.Status is { IsOk: false } status ? status : null;
        if (failure is not null && isExamined && !isCanceled)
            throw new RpcException(failure, call.Trailers) { NotRun = call.NotRun };
        return new ReadResult(unread, isCanceled, isCompleted: hasEnded && failure is null);
    }

    /// <summary>What has been looked at and is still wanted must outlive the message it was in.</summary>
    private void KeepUnread()
    {
        if (unread.IsEmpty)
        {
            joined.Clear();
            return;
        }

        var left = unread.ToArray();
        joined.Clear();
        joined.Write(left);
        unread = new ReadOnlySequence<byte>(joined.Written);
    }

    private void Take(bool isFound)
    {
        hasEnded = !isFound;
        if (!isFound || call.Message.IsEmpty)
            return;
        isExamined = false;
        if (unread.IsEmpty)
        {
            unread = call.Message;
            return;
        }

        foreach (var piece in call.Message)
            joined.Write(piece.Span);
        unread = new ReadOnlySequence<byte>(joined.Written);
    }
}
