using Hawser.Transports;

namespace Hawser.Tests.Frames.Fuzzing;

/// <summary>A lane that gives out a greeting, then an input in pieces, then its end, all at once; what is written to it goes nowhere.</summary>
internal sealed class ScriptLane(byte[] greeting, byte[] input, int pieceSize, Action? greeted) : Lane
{
    private int at = -1;

    public long Written { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (at < 0)
        {
            at = 0;
            greeting.CopyTo(buffer);
            return new ValueTask<int>(greeting.Length);
        }

        if (at == 0)
            greeted?.Invoke();
        var size = Math.Min(Math.Min(pieceSize, buffer.Length), input.Length - at);
        input.AsSpan(at, size).CopyTo(buffer.Span);
        at += size;
        return new ValueTask<int>(size);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Written += bytes.Length;
        return default;
    }

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers)
    {
        foreach (var buffer in buffers)
            Written += buffer.Count;
        return default;
    }

    public override ValueTask CompleteWritesAsync() => default;

    public override void Abort(long code)
    {
    }
}
