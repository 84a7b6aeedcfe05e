using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Hawser.Tests.Channels.Retries;

/// <summary>One attempt of a call that is not unary, which ends when a test says so.</summary>
internal sealed class ScriptedCall(Method method) : ClientCall
{
    private readonly Channel<byte[]> replies = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource<Metadata> headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pipe requestOctets = new();
    private readonly Pipe responseOctets = new();
    private readonly List<byte[]> requests = [];
    private byte[] message = [];
    private volatile Status? status;

    public override Method Method => method;

    public override ReadOnlySequence<byte> Message => new(message);

    public override Status? Status => status;

    public override Metadata Trailers => Metadata.Empty;

    public override bool NotRun => WasNotRun;

    public override PipeWriter RequestOctets => requestOctets.Writer;

    public override PipeReader ResponseOctets => responseOctets.Reader;

    public PipeReader ReceivedOctets => requestOctets.Reader;

    public PipeWriter Octets => responseOctets.Writer;

    public bool IsComplete { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Ends the attempt when that many messages have been written.</summary>
    public int FailsAtWrite { get; init; } = int.MaxValue;

    public IReadOnlyList<byte[]> Requests
    {
        get
        {
            lock (requests)
                return [.. requests];
        }
    }

    private bool WasNotRun { get; set; }

    /// <summary>Ends it as one that certainly was not run, or as one that may have.</summary>
    public ScriptedCall Fail(bool notRun, StatusCode code = StatusCode.Unavailable)
    {
        End(new Status(code, "gone"), notRun);
        return this;
    }

    public ScriptedCall Answer(params byte[][] messages)
    {
        foreach (var one in messages)
            replies.Writer.TryWrite(one);
        End(Hawser.Status.Ok, notRun: false);
        return this;
    }

    public void Reply(params byte[] one) => replies.Writer.TryWrite(one);

    public void SendHeaders(Metadata metadata) => headers.TrySetResult(metadata);

    public override async ValueTask<Metadata> ReadHeadersAsync() => await headers.Task;

    public override ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None)
    {
        lock (requests)
        {
            requests.Add(message.ToArray());
        }

        if (Requests.Count >= FailsAtWrite)
            Fail(notRun: true);
        return new ValueTask<bool>(status is null);
    }

    public override ValueTask CompleteAsync()
    {
        IsComplete = true;
        return default;
    }

    public override async ValueTask<bool> ReadAsync()
    {
        while (await replies.Reader.WaitToReadAsync())
        {
            if (replies.Reader.TryRead(out var next))
            {
                message = next;
                return true;
            }
        }

        return false;
    }

    public override void Cancel(Status? status = null) => End(status ?? new Status(StatusCode.Cancelled, "cancelled"), notRun: false);

    public override ValueTask DisposeAsync()
    {
        Cancel();
        IsDisposed = true;
        return default;
    }

    private void End(Status final, bool notRun)
    {
        lock (requests)
        {
            if (status is not null)
                return;
            WasNotRun = notRun;
            status = final;
        }

        replies.Writer.TryComplete();
        if (final.IsOk)
            headers.TrySetResult(Metadata.Empty);
        else
            headers.TrySetException(new RpcException(final) { NotRun = notRun });
        responseOctets.Writer.Complete(final.IsOk ? null : new RpcException(final) { NotRun = notRun });
        requestOctets.Reader.CancelPendingRead();
    }
}
