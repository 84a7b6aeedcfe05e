using System.Buffers.Text;
using System.IO.Pipelines;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Web;

/// <summary>Sends what is written as base64; each flush is a whole of its own, with padding, so that the caller can read it at once.</summary>
internal sealed class Base64Writer(PipeWriter target) : PipeWriter
{
    private readonly PooledBuffer buffer = new();

    public override Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

    public override void Advance(int bytes) => buffer.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Encode();
        return target.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => target.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => Encode();

    /// <summary>Hands over what was written; it leaves with the target's next flush.</summary>
    internal void Encode()
    {
        if (buffer.Length == 0)
            return;
        var text = target.GetSpan(Base64.GetMaxEncodedToUtf8Length(buffer.Length));
        _ = Base64.EncodeToUtf8(buffer.WrittenSpan, text, out _, out var written);
        target.Advance(written);
        buffer.Dispose();
    }
}
