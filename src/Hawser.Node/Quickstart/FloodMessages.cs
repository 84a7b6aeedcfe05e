namespace Hawser.Node.Quickstart;

/// <summary>The same message many times over.</summary>
/// <remarks>
/// Written by hand because every step is ready at once: an async iterator would pay its state machine ten million times a second. It needs no token: who
/// enumerates it stops when the call ends.
/// </remarks>
internal sealed class FloodMessages(long count, ReadOnlyMemory<byte> message) : IAsyncEnumerable<ReadOnlyMemory<byte>>
{
    public IAsyncEnumerator<ReadOnlyMemory<byte>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(count, message, cancellationToken);

    private sealed class Enumerator(long remaining, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) : IAsyncEnumerator<ReadOnlyMemory<byte>>
    {
        private long remaining = remaining;

        public ReadOnlyMemory<byte> Current => message;

        public ValueTask<bool> MoveNextAsync()
        {
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled<bool>(cancellationToken);
            return new ValueTask<bool>(--remaining >= 0);
        }

        public ValueTask DisposeAsync() => default;
    }
}
