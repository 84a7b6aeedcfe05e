namespace Hawser.Conformance.Calls;

/// <summary>A source of octets in <see cref="Pattern"/>: counts what was taken, may wait or fail at a place, and knows whether it was disposed.</summary>
public sealed class PatternStream(long length, int seed = 0) : ReadOnlyStream
{
    private readonly Signal _disposed = new();
    private long _position;

    /// <summary>Thrown when everything before has been read; the end comes otherwise.</summary>
    public Exception? Failure { get; init; }

    /// <summary>What a read has to wait for, given the position.</summary>
    public Func<long, Task>? Gate { get; init; }

    public long Taken => Volatile.Read(ref _position);

    public Task Disposed => _disposed.Fired;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Gate is not null)
            await Gate(_position).WaitAsync(cancellationToken);
        if (_position == length && Failure is not null)
            throw Failure;
        var count = (int)Math.Min(buffer.Length, length - _position);
        Pattern.Fill(buffer.Span[..count], _position, seed);
        Volatile.Write(ref _position, _position + count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _disposed.Fire();
        base.Dispose(disposing);
    }
}
