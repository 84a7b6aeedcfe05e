using System.Buffers;
using System.IO.Pipelines;

namespace Hawser;

/// <summary>The call behind an <see cref="OctetsReply"/>: its octets end with the caller's exceptions, and disposing it also stops the sending of the request.</summary>
internal sealed class ReplyOctetsCall : ClientCall
{
    private readonly OutgoingCall outgoing;
    private ReplyOctetsReader? reader;

    internal ReplyOctetsCall(OutgoingCall outgoing) => this.outgoing = outgoing;

    public override Method Method => outgoing.Call.Method;

    public override ReadOnlySequence<byte> Message => outgoing.Call.Message;

    public override Status? Status => outgoing.Call.Status;

    public override Metadata Trailers => outgoing.Call.Trailers;

    public override bool NotRun => outgoing.Call.NotRun;

    public override PipeWriter RequestOctets => outgoing.Call.RequestOctets;

    public override PipeReader ResponseOctets => reader ??= new ReplyOctetsReader(outgoing);

    public override ValueTask<Metadata> ReadHeadersAsync() => outgoing.Call.ReadHeadersAsync();

    public override ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None) => outgoing.Call.WriteAsync(message, flags);

    public override ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) => outgoing.Call.AcknowledgeAsync(cancellationToken);

    public override ValueTask CompleteAsync() => outgoing.Call.CompleteAsync();

    public override ValueTask<bool> ReadAsync() => outgoing.Call.ReadAsync();

    public override void Cancel(Status? status = null) => outgoing.Call.Cancel(status);

    public override ValueTask DisposeAsync() => outgoing.DisposeAsync();
}
