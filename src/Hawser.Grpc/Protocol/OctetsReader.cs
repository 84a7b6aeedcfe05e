using System.IO.Pipelines;

namespace Hawser.Grpc.Protocol;

/// <summary>The octets of a call, which travel as the messages that a pump writes into a pipe. How they ended is told after the last of them.</summary>
/// <param name="pipe">Bounds what has arrived and is not read yet.</param>
internal sealed class OctetsReader(Pipe pipe) : PipeReader
{
    private RpcException? failure;
    private SequencePosition end;
    private bool isExamined;
    private Task pumping = Task.CompletedTask;

    private OctetsReader()
        : this(new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false)))
    {
    }

    /// <summary>Begins to read a call's messages as octets.</summary>
    /// <param name="pump">Writes every message into the pipe; throws how the octets were cut.</param>
    internal static OctetsReader Start(Func<PipeWriter, ValueTask> pump)
    {
        var reader = new OctetsReader();

        reader.pumping = reader.PumpAsync(pump);
        return reader;
    }

    /// <summary>Wants no more. What the pump waits for elsewhere must be made to end besides.</summary>
    /// <returns>A task that ends when the pump touches nothing any more.</returns>
    internal Task StopAsync()
    {
        Complete();
        return pumping;
    }

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Check(await pipe.Reader.ReadAsync(cancellationToken).ConfigureAwait(false));

    public override bool TryRead(out ReadResult result)
    {
        if (!pipe.Reader.TryRead(out result))
            return false;
        result = Check(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        isExamined = examined.Equals(end);
        pipe.Reader.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => pipe.Reader.CancelPendingRead();

    public override void Complete(Exception? exception = null) => pipe.Reader.Complete();

    private ReadResult Check(ReadResult result)
    {
        end = result.Buffer.End;
        if (!result.IsCompleted || Volatile.Read(ref failure) is not { } cut)
            return result;

        // Whoever has seen the last octets and wants more learns that there are none.
        if (!result.Buffer.IsEmpty && !isExamined)
            return new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
        pipe.Reader.AdvanceTo(result.Buffer.End);
        throw cut;
    }

    private async Task PumpAsync(Func<PipeWriter, ValueTask> pump)
    {
        try
        {
            await pump(pipe.Writer).ConfigureAwait(false);
        }
        catch (RpcException cut)
        {
            Volatile.Write(ref failure, cut);
        }
        catch (OperationCanceledException cancelled)
        {
            Volatile.Write(ref failure, new RpcException(new Status(StatusCode.Cancelled, "The call was cancelled before its octets had come."), trailers: null, cancelled));
        }
        catch (Exception unexpected)
        {
            // Not to be hidden, and not to leave the reader waiting for ever: it is the reader's to fail by.
            await pipe.Writer.CompleteAsync(unexpected).ConfigureAwait(false);
            return;
        }

        await pipe.Writer.CompleteAsync().ConfigureAwait(false);
    }
}
