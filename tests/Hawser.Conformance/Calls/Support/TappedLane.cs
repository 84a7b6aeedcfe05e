using Hawser.Transports;

namespace Hawser.Conformance.Calls;

/// <summary>One side of a lane, whose writes go where its link's settings say.</summary>
internal sealed class TappedLane(Lane inner, TappedConnection link) : Lane
{
    private bool _ended;

    public override CancellationToken PeerAborted => inner.PeerAborted;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => inner.ReadAsync(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (link.IsSilent || _ended)
            return default;
        return link.BytesUntilEnd is null ? inner.WriteAsync(bytes) : WriteAndEndAsync(bytes);
    }

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers)
    {
        if (link.IsSilent || _ended)
            return default;
        return link.BytesUntilEnd is null ? inner.WriteAsync(buffers) : WriteAndEndAsync(buffers.SelectMany(static buffer => buffer).ToArray());
    }

    public override ValueTask CompleteWritesAsync() => _ended || link.IsSilent ? default : inner.CompleteWritesAsync();

    public override void Abort(long code) => inner.Abort(code);

    private async ValueTask WriteAndEndAsync(ReadOnlyMemory<byte> bytes)
    {
        var left = link.BytesUntilEnd!.Value;
        if (bytes.Length < left)
        {
            link.BytesUntilEnd = left - bytes.Length;
            await inner.WriteAsync(bytes);
            return;
        }

        link.BytesUntilEnd = 0;
        _ended = true;
        if (left > 0)
            await inner.WriteAsync(bytes[..(int)left]);
        await inner.CompleteWritesAsync();
    }
}
