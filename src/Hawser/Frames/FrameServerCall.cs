using System.Buffers;
using System.IO.Pipelines;

namespace Hawser.Frames;

/// <summary>What an endpoint sees of a call on the frame wire.</summary>
internal sealed class FrameServerCall(ServerWireCall call) : ServerCall
{
    public override Method Method => call.Call.Route.Method;

    public override string Codec => call.Call.Route.Codec;

    public override Metadata RequestMetadata => call.Call.Metadata;

    public override DateTimeOffset? Deadline => call.Deadline;

    public override CancellationToken CancellationToken => call.GetCancellationToken();

    public override Connection Connection => call.Lane.Connection;

    public override ReadOnlySequence<byte> Message => call.Message;

    public override PipeReader RequestOctets => call.RequestOctets;

    public override PipeWriter ResponseOctets => call.ResponseOctets;

    public override ValueTask<bool> ReadAsync() => call.ReadAsync();

    public override ValueTask WriteHeadersAsync(Metadata headers) => call.WriteHeadersAsync(headers);

    public override ValueTask WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None) => call.WriteAsync(message, flags);

    public override ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) => call.AcknowledgeAsync(cancellationToken);

    public override ValueTask FinishAsync(Status status, Metadata? trailers = null) => call.FinishAsync(status, trailers);

    public override ValueTask FinishAsync(ReadOnlySequence<byte> message) => call.FinishAsync(message);

    internal override void MarkEscaped() => call.MarkEscaped();
}
