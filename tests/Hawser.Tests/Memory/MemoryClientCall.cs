using System.Buffers;
using System.IO.Pipelines;

namespace Hawser.Tests;

/// <summary>The calling half of a call in memory.</summary>
internal sealed class MemoryClientCall(MemoryCall call) : ClientCall
{
    private readonly EndingReader octets = new(call);
    private byte[]? current;

    public override Method Method => call.Method;

    public override ReadOnlySequence<byte> Message => new(current!);

    public override Status? Status => call.Replies.Reader.Completion.IsCompleted || call.Method.Response >= Body.Octets ? call.Status : null;

    public override Metadata Trailers => call.Trailers;

    public override bool NotRun => false;

    public override PipeWriter RequestOctets => call.RequestOctets.Writer;

    public override PipeReader ResponseOctets => octets;

    public override ValueTask<Metadata> ReadHeadersAsync() => new(call.Headers);

    public override async ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None)
    {
        Assert.False(call.IsDisposed, "a disposed call is written to");
        var copy = message.ToArray();
        while (await call.Requests.Writer.WaitToWriteAsync())
        {
            if (call.Requests.Writer.TryWrite(copy))
                return true;
        }

        return false;
    }

    public override ValueTask CompleteAsync()
    {
        call.Requests.Writer.TryComplete();
        return default;
    }

    public override async ValueTask<bool> ReadAsync()
    {
        current?.AsSpan().Fill(0xEE);
        current = null;
        while (await call.Replies.Reader.WaitToReadAsync())
        {
            if (call.Replies.Reader.TryRead(out current))
                return true;
        }

        return false;
    }

    public override void Cancel(Status? status = null) => call.Cancel(status ?? new Status(StatusCode.Cancelled, "The caller cancelled the call."));

    public override ValueTask DisposeAsync()
    {
        if (call.Status is null)
            Cancel();
        call.IsDisposed = true;
        return default;
    }
}
