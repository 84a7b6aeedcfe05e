namespace Hawser.Conformance.Calls;

/// <summary>Gives at most so many octets per read, so that a gate in the stream behind it stands where a test wants it.</summary>
public sealed class LimitedReadStream(Stream inner, int most) : CountingStream(inner)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(most - (int)(Count % most), buffer.Length)], cancellationToken);
}
