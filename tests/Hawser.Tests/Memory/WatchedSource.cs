namespace Hawser.Tests;

/// <summary>A source of octets or words that gives what it is told to and remembers its disposal.</summary>
internal sealed class WatchedStream(params Task<byte[]>[] chunks) : Stream
{
    private readonly TaskCompletionSource disposed = new();
    private int next;

    public Task Disposed => disposed.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (next == chunks.Length)
            return 0;
        var chunk = await chunks[next++].WaitAsync(cancellationToken);
        chunk.CopyTo(buffer);
        return chunk.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        disposed.TrySetResult();
        base.Dispose(disposing);
    }
}

/// <summary>A source of words that gives what it is told to and remembers its disposal. It ignores the token when told to.</summary>
internal sealed class WatchedWords(bool heedsToken, params Task<Endpoints.Word>[] words) : IAsyncEnumerable<Endpoints.Word>
{
    private readonly TaskCompletionSource disposed = new();

    public Task Disposed => disposed.Task;

    public async IAsyncEnumerator<Endpoints.Word> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (var word in words)
                yield return await (heedsToken ? word.WaitAsync(cancellationToken) : word);
        }
        finally
        {
            disposed.TrySetResult();
        }
    }
}
