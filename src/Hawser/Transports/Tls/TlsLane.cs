using System.Buffers;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Hawser.Transports;

/// <summary>A lane through TLS. An end is TLS's own (close_notify); a link that ends without it was cut.</summary>
internal sealed class TlsLane(SslStream stream, LaneStream below, Lane link, string peer) : Lane
{
    /// <summary>What one TLS record holds; smaller buffers are gathered up to it, so that each does not cost a record.</summary>
    private const int RecordSize = 16 * 1024;

    // OpenSSL's object for a link is not safe from two threads, and SslStream guards reading against ending as little as against itself: without this
    // the two corrupt memory when bytes arrive just as a side ends.
    private readonly SemaphoreSlim turn = new(1, 1);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int count;
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            count = await stream.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            throw Failure(exception);
        }
        finally
        {
            turn.Release();
        }

        if (count == 0 && below.HasEnded)
            throw new IOException($"The link to {peer} was cut: it ended without the end of TLS.");
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            throw Failure(exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(IList<ArraySegment<byte>> buffers)
    {
        var record = ArrayPool<byte>.Shared.Rent(RecordSize);
        try
        {
            var gathered = 0;
            for (var index = 0; index < buffers.Count; index++)
            {
                ReadOnlyMemory<byte> rest = buffers[index];
                while (!rest.IsEmpty)
                {
                    if (gathered == 0 && rest.Length >= RecordSize)
                    {
                        var whole = rest.Length - (rest.Length % RecordSize);
                        await WriteAsync(rest[..whole]).ConfigureAwait(false);
                        rest = rest[whole..];
                        continue;
                    }

                    var count = Math.Min(rest.Length, RecordSize - gathered);
                    rest[..count].CopyTo(record.AsMemory(gathered));
                    gathered += count;
                    rest = rest[count..];
                    if (gathered == RecordSize)
                    {
                        gathered = 0;
                        await WriteAsync(record.AsMemory(0, RecordSize)).ConfigureAwait(false);
                    }
                }
            }

            if (gathered > 0)
                await WriteAsync(record.AsMemory(0, gathered)).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
        }
    }

    public override async ValueTask CompleteWritesAsync()
    {
        try
        {
            await (await ShutdownAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            throw Failure(exception);
        }
    }

    public override void Abort(long code) => link.Abort(code);

    /// <summary>The handshake is done: from here on reading takes turns with ending.</summary>
    public void Begin() => below.Turn = turn;

    /// <summary>Frees TLS once nobody reads any more. The link has been closed.</summary>
    public async ValueTask DisposeStreamAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Makes the end of TLS. Sending it needs no turn, and may wait for a peer who waits for this side to read.</summary>
    /// <returns>The sending.</returns>
    private async ValueTask<Task> ShutdownAsync()
    {
        await turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return stream.ShutdownAsync();
        }
        finally
        {
            turn.Release();
        }
    }

    private IOException Failure(Exception exception) => exception is ObjectDisposedException
        ? new IOException($"The link to {peer} was closed by this side.", exception)
        : new IOException($"The link to {peer} was cut: TLS failed ({exception.GetBaseException().Message.TrimEnd('.')}).", exception);
}
