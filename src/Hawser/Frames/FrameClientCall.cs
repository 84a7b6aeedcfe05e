using System.Buffers;
using System.IO.Pipelines;

namespace Hawser.Frames;

/// <summary>What a caller sees of a call on the frame wire.</summary>
internal sealed class FrameClientCall(ClientWireCall call) : ClientCall
{
    public override Method Method => call.Method;

    public override ReadOnlySequence<byte> Message => call.Message;

    public override Status? Status => call.Status;

    public override Metadata Trailers => call.Trailers;

    public override bool NotRun => call.NotRun;

    public override PipeWriter RequestOctets => call.RequestOctets;

    public override PipeReader ResponseOctets => call.ResponseOctets;

    public override async ValueTask<Metadata> ReadHeadersAsync()
    {
        var headers = await call.Headers.ConfigureAwait(false);
        return headers.Count == 0 && call.Status is { IsOk: false } status ? throw new RpcException(status, call.Trailers) { NotRun = call.NotRun } : headers;
    }

    public override ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None) => call.WriteAsync(message, flags);

    public override ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) => call.AcknowledgeAsync(cancellationToken);

    public override ValueTask CompleteAsync() => call.CompleteAsync();

    public override ValueTask<bool> ReadAsync() => call.ReadAsync();

    public override void Cancel(Status? status = null) => call.Cancel(status);

    public override ValueTask DisposeAsync()
    {
        call.Dispose();
        return default;
    }
}
