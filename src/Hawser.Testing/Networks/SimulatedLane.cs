using System.Buffers;
using Hawser.Transports;

namespace Hawser.Testing;

/// <summary>The side of a lane that has the network before it: what it writes and what it reads is under way for a while.</summary>
internal sealed class SimulatedLane : Lane
{
    private const int BufferSize = 16 * 1024;

    private readonly SimulatedLink link;
    private readonly Lane inner;
    private readonly InFlight toServer;
    private readonly InFlight toClient;
    private readonly CancellationTokenSource? peerAborted;
    private readonly Task sending;
    private Task aborting = Task.CompletedTask;
    private volatile bool isOver;

    public SimulatedLane(SimulatedLink link, Lane inner, int seed)
    {
        this.link = link;
        this.inner = inner;
        toServer = new InFlight(link.ToServer, seed);
        toClient = new InFlight(link.ToClient, seed + 1);
        if (inner.PeerAborted.CanBeCanceled)
        {
            peerAborted = new CancellationTokenSource();
            _ = inner.PeerAborted.UnsafeRegister(static state => _ = ((SimulatedLane)state!).TellPeerAbortedAsync(), this);
        }

        sending = SendAsync();
        Received = ReceiveAsync();
    }

    public override CancellationToken PeerAborted => peerAborted?.Token ?? CancellationToken.None;

    /// <summary>Ends when everything that was written, the end or the abort included, has reached the peer, or can no more.</summary>
    public Task Sent => Task.WhenAll(sending, aborting);

    /// <summary>Ends when the peer has sent its last, whether or not that arrives.</summary>
    public Task Received { get; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            await toClient.WaitAsync().ConfigureAwait(false);
            if (toClient.Take(buffer.Span) is not { } arrival)
                continue;
            link.ToClient.CountArrived(arrival.Count);
            if (arrival.IsLast)
                link.Cut();
            return arrival.Count;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => toServer.PutAsync(new WriteCursor(bytes), bytes.Length);

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers) => toServer.PutAsync(new WriteCursor(buffers), buffers.Sum(static buffer => (long)buffer.Count));

    public override async ValueTask CompleteWritesAsync()
    {
        await Task.CompletedTask.ConfigureAwait(false);
        toServer.ThrowIfRefused();
        toServer.PutEnd(cut: null, new InvalidOperationException("The writing side has ended on this lane already."));
    }

    public override void Abort(long code)
    {
        Fail(new IOException($"The lane of {link.Address} was aborted by this side."));
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref aborting, told.Task, Task.CompletedTask) == Task.CompletedTask)
            _ = AbortPeerAsync(code, told);
    }

    /// <summary>The connection was closed by this side: nothing more is read or written, and what was written goes on its way.</summary>
    public void Close()
    {
        var closed = new IOException($"The link to {link.Address} was closed by this side.");
        isOver = true;
        toServer.PutEnd(closed, closed);
        toClient.Fail(closed);
    }

    /// <summary>Both sides fail at once, and what is on its way is lost.</summary>
    public void Fail(Exception exception)
    {
        isOver = true;
        toServer.Fail(exception);
        toClient.Fail(exception);
    }

    /// <summary>The weather has changed.</summary>
    public void Refresh()
    {
        toServer.Wake();
        toClient.Wake();
    }

    private async Task SendAsync()
    {
        try
        {
            do
                await toServer.WaitAsync().ConfigureAwait(false);
            while (await SendArrivedAsync().ConfigureAwait(false));
            await inner.CompleteWritesAsync().ConfigureAwait(false);
        }
        catch (Exception) when (isOver)
        {
            // This side has ended the lane itself.
        }
        catch (Exception exception)
        {
            // The writer learns of it as soon as the news have travelled back.
            if (await link.TravelAsync(LinkDirection.ToClient).ConfigureAwait(false))
                toServer.Fail(exception);
        }
        finally
        {
            toServer.Dispose();
        }
    }

    /// <summary>Hands over what has arrived at the server.</summary>
    /// <returns>False when that was the end.</returns>
    private async ValueTask<bool> SendArrivedAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            if (toServer.Take(buffer) is not { } arrival)
                return true;
            if (arrival.Count == 0)
                return false;

            // Before the write, which wakes the reader: whoever has read bytes finds them counted.
            link.ToServer.CountArrived(arrival.Count);
            await inner.WriteAsync(buffer.AsMemory(0, arrival.Count)).ConfigureAwait(false);
            if (arrival.IsLast)
                link.Cut();
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        var refusal = new IOException($"The peer has ended its side of {link.Address}.");
        try
        {
            while (await inner.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0)
            {
                if (!isOver)
                    await toClient.PutAsync(new WriteCursor(buffer.AsMemory(0, count)), count).ConfigureAwait(false);
            }

            toClient.PutEnd(cut: null, refusal);
        }
        catch (Exception exception)
        {
            // The reader gets it when it is due.
            toClient.PutEnd(exception, refusal);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task AbortPeerAsync(long code, TaskCompletionSource told)
    {
        try
        {
            if (await link.TravelAsync(LinkDirection.ToServer).ConfigureAwait(false))
                inner.Abort(code);
        }
        finally
        {
            told.SetResult();
        }
    }

    private async Task TellPeerAbortedAsync()
    {
        if (await link.TravelAsync(LinkDirection.ToClient).ConfigureAwait(false))
            await peerAborted!.CancelAsync().ConfigureAwait(false);
    }
}
