using System.Buffers;
using System.IO.Pipelines;

namespace Hawser.Tests;

/// <summary>The serving half of a call in memory. Spoils a message once the next one is asked for, so that who keeps borrowed bytes is found out.</summary>
internal sealed class MemoryServerCall(MemoryCall call) : ServerCall
{
    private byte[]? current;

    public override Method Method => call.Method;

    public override string Codec => call.Codec;

    public override Metadata RequestMetadata => call.RequestMetadata;

    public override DateTimeOffset? Deadline => null;

    public override CancellationToken CancellationToken => call.CancellationToken;

    public override Connection Connection => throw new InvalidOperationException("A call in memory has no connection.");

    public override ReadOnlySequence<byte> Message => new(current!);

    public override PipeReader RequestOctets => call.RequestOctets.Reader;

    public override PipeWriter ResponseOctets => call.ReplyOctets.Writer;

    public override async ValueTask<bool> ReadAsync()
    {
        Spoil();
        while (await call.Requests.Reader.WaitToReadAsync())
        {
            if (call.Requests.Reader.TryRead(out current))
                return true;
        }

        ThrowIfEnded();
        return false;
    }

    public override ValueTask WriteHeadersAsync(Metadata headers)
    {
        call.SetHeaders(headers);
        return default;
    }

    public override async ValueTask WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None)
    {
        var copy = message.ToArray();
        while (await call.Replies.Writer.WaitToWriteAsync())
        {
            if (call.Replies.Writer.TryWrite(copy))
                return;
        }

        ThrowIfEnded();
    }

    public override ValueTask FinishAsync(Status status, Metadata? trailers = null)
    {
        call.End(status, trailers);
        return default;
    }

    public override async ValueTask FinishAsync(ReadOnlySequence<byte> message)
    {
        await WriteAsync(message);
        call.End(Status.Ok);
    }

    /// <summary>The call has ended: what it lent is spoilt.</summary>
    public void Spoil()
    {
        current?.AsSpan().Fill(0xEE);
        current = null;
    }

    private void ThrowIfEnded()
    {
        if (call.Status is { } status)
            throw new RpcException(status);
    }
}
