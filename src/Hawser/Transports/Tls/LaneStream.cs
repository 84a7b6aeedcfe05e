using System.Runtime.CompilerServices;

namespace Hawser.Transports;

/// <summary>
/// A lane as the stream that <see cref="System.Net.Security.SslStream"/> wants. Remembers whether the bytes below have ended, which tells a cut
/// from TLS's own end.
/// </summary>
internal sealed class LaneStream(Lane lane) : DuplexStream
{
    private volatile bool hasEnded;

    /// <summary>Held by whoever is within TLS, beside writers; null while the handshake lasts. A read that waits for bytes is not.</summary>
    public SemaphoreSlim? Turn { get; set; }

    /// <summary>Whether the link below has given its last byte.</summary>
    public bool HasEnded => hasEnded;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return new ValueTask<int>(0); // SslStream asks so for readiness; the read that follows waits just as well
        return ReadCoreAsync(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => lane.WriteAsync(buffer);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadCoreAsync(Memory<byte> buffer)
    {
        var turn = Turn;
        turn?.Release();
        try
        {
            var count = await lane.ReadAsync(buffer).ConfigureAwait(false);
            hasEnded |= count == 0;
            return count;
        }
        finally
        {
            if (turn is not null)
                await turn.WaitAsync().ConfigureAwait(false);
        }
    }
}
