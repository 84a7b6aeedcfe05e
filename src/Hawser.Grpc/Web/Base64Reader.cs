using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace Hawser.Grpc.Web;

/// <summary>Reads base64 as the bytes that it stands for. Padding may stand within it: a caller may encode each message for itself.</summary>
/// <remarks>Holds no more than whoever reads leaves unread, and what arrived at once.</remarks>
internal sealed class Base64Reader(PipeReader source) : PipeReader
{
    private const int GroupSize = 4;

    // Bytes come in as fast as they are asked for, so nothing has to be held up.
    private readonly Pipe decoded = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (decoded.Reader.TryRead(out var result))
                return result;
            var read = await source.ReadAsync(cancellationToken).ConfigureAwait(false);
            var left = Decode(read.Buffer);
            source.AdvanceTo(left.Start, left.End);
            if (!read.IsCompleted)
                await decoded.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            else if (left.IsEmpty)
                await decoded.Writer.CompleteAsync().ConfigureAwait(false);
            else
                throw new RpcException(StatusCode.Internal, "The request ended in the middle of a group of base64.");
        }
    }

    public override bool TryRead(out ReadResult result) => decoded.Reader.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => decoded.Reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => decoded.Reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead()
    {
        // Waking the source makes the reader look here again.
        decoded.Reader.CancelPendingRead();
        source.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null) => decoded.Reader.Complete(exception);

    /// <summary>Decodes whole groups.</summary>
    /// <returns>What is left: the beginning of a group.</returns>
    private ReadOnlySequence<byte> Decode(ReadOnlySequence<byte> text)
    {
        Span<byte> group = stackalloc byte[GroupSize];
        while (text.Length >= GroupSize)
        {
            var size = text.FirstSpan.Length / GroupSize * GroupSize;
            if (size > 0)
            {
                text = text.Slice(Decode(text.FirstSpan[..size]));
                continue;
            }

            // A group that two of Kestrel's blocks share.
            text.Slice(0, GroupSize).CopyTo(group);
            text = text.Slice(Decode(group));
        }

        return text;
    }

    /// <summary>Decodes groups up to and including the first that is padded.</summary>
    /// <returns>How many characters that were.</returns>
    private int Decode(ReadOnlySpan<byte> groups)
    {
        var padding = groups.IndexOf((byte)'=');
        if (padding >= 0)
            groups = groups[..((padding / GroupSize * GroupSize) + GroupSize)];
        var target = decoded.Writer.GetSpan(Base64.GetMaxDecodedFromUtf8Length(groups.Length));
        if (Base64.DecodeFromUtf8(groups, target, out var consumed, out var written) != OperationStatus.Done || consumed != groups.Length)
            throw new RpcException(StatusCode.Internal, "The request's content type says that it is text, but it is not base64.");
        decoded.Writer.Advance(written);
        return consumed;
    }
}
