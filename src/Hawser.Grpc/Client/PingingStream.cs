using System.Runtime.CompilerServices;
using Hawser.Transports;

namespace Hawser.Grpc.Client;

/// <summary>
/// What HTTP/2 reads and writes, with pings of our own between its frames: .NET pings on a timer only. Their answers are taken out again, since HTTP/2 ends the connection over
/// one that it did not ask for.
/// </summary>
/// <remarks>Relies on HTTP writing whole frames, which it does. One reader, one writer, any number who ping.</remarks>
internal sealed class PingingStream(Stream inner) : DuplexStream
{
    private const int SpareSize = 4 * 1024;

    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly PingFilter filter = new();
    private byte[] spare = [];
    private ReadOnlyMemory<byte> unread;
    private TaskCompletionSource? answer;
    private volatile bool hasBegun;

    /// <summary>Whether HTTP has written its preface, which comes before everything else.</summary>
    internal bool HasBegun => hasBegun;

    /// <summary>Whether the server has said that it takes no new calls.</summary>
    internal bool IsGoingAway => filter.IsGoingAway;

    /// <summary>Pings the peer, or waits for the answer to a ping that is under way. Only when <see cref="HasBegun"/>.</summary>
    /// <exception cref="IOException">The link was lost.</exception>
    internal Task PingAsync(CancellationToken cancellationToken)
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref answer, made, null) is { } pending)
            return pending.Task.WaitAsync(cancellationToken);
        _ = SendPingAsync(made);
        return made.Task.WaitAsync(cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return unread.IsEmpty ? inner.ReadAsync(buffer, cancellationToken) : new ValueTask<int>(0);
        if (!unread.IsEmpty || filter.HeldCount > 0)
            return ReadBehindHeldAsync(buffer, cancellationToken);
        var read = inner.ReadAsync(buffer, cancellationToken);
        if (!read.IsCompletedSuccessfully)
            return WaitAsync(read, buffer, cancellationToken);
        var count = read.Result;
        var left = Filter(buffer.Span[..count]);
        return left > 0 || count == 0 ? new ValueTask<int>(left) : ReadBehindHeldAsync(buffer, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            hasBegun = true;
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private async Task SendPingAsync(TaskCompletionSource asked)
    {
        try
        {
            await WriteAsync(PingFilter.Ping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            asked.TrySetException(new IOException("The link was lost before it could be pinged.", exception));
            _ = asked.Task.Exception;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> read, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await read.ConfigureAwait(false);
        var left = Filter(buffer.Span[..count]);
        return left > 0 || count == 0 ? left : await ReadBehindHeldAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads on when part of what came is held back, in a buffer that has room for it.</summary>
    private async ValueTask<int> ReadBehindHeldAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (unread.IsEmpty)
        {
            if (spare.Length == 0)
                spare = new byte[SpareSize];
            var held = filter.TakeHeld(spare);
            var count = await inner.ReadAsync(spare.AsMemory(held), cancellationToken).ConfigureAwait(false);

            // At the end nothing more comes that could tell what it is.
            unread = spare.AsMemory(0, count == 0 ? held : Filter(spare.AsSpan(0, held + count)));
            if (count == 0)
                break;
        }

        var given = Math.Min(unread.Length, buffer.Length);
        unread[..given].CopyTo(buffer);
        unread = unread[given..];
        return given;
    }

    private int Filter(Span<byte> bytes)
    {
        var left = filter.Pass(bytes, Volatile.Read(ref answer) is not null, out var isAnswered);
        if (isAnswered)
            Interlocked.Exchange(ref answer, null)?.TrySetResult();
        return left;
    }
}
