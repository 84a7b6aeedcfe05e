using System.Buffers;
using Hawser.Transports;

namespace Hawser.Testing;

/// <summary>The bytes of one direction of a lane that are on their way: put in at one end, and taken out at the other when they are due.</summary>
/// <remarks>One putter and one taker at a time; the rest may be called from any thread.</remarks>
internal sealed class InFlight : IDisposable
{
    private readonly Line line;
    private readonly PacketTimes times;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly Queue<Packet> packets = new();
    private TaskCompletionSource? arrival;
    private TaskCompletionSource? room;
    private Exception? failure;
    private Exception? refusal;
    private Packet? last;
    private long bytes;
    private int taken;

    public InFlight(Line line, int seed)
    {
        this.line = line;
        times = new PacketTimes(line, seed);
        timer = line.Network.TimeProvider.CreateTimer(static state => ((InFlight)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Puts bytes in; waits while too many are on their way.</summary>
    /// <param name="cursor">The bytes.</param>
    /// <param name="left">Their number.</param>
    public async ValueTask PutAsync(WriteCursor cursor, long left)
    {
        while (true)
        {
            Task waiting;
            lock (gate)
            {
                if ((failure ?? refusal) is { } thrown)
                    throw thrown;
                while (left > 0 && bytes < line.Capacity)
                    left -= Append(ref cursor, left);
                Signal(ref arrival);
                if (left == 0)
                    return;
                room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = room.Task;
            }

            await waiting.ConfigureAwait(false);
        }
    }

    /// <summary>Puts the end in, after everything else.</summary>
    /// <param name="cut">What the taker gets instead of an end.</param>
    /// <param name="refusal">What who puts more in gets.</param>
    public void PutEnd(Exception? cut, Exception refusal)
    {
        lock (gate)
        {
            if (failure is not null)
                return;
            this.refusal ??= refusal;
            last ??= new Packet([], 0, times.Arrival(0), cut);
            Signal(ref arrival);
            Signal(ref room);
        }
    }

    /// <summary>Throws when nothing can be put in any more.</summary>
    public void ThrowIfRefused()
    {
        lock (gate)
        {
            if ((failure ?? refusal) is { } thrown)
                throw thrown;
        }
    }

    /// <summary>Drops what is on its way: both ends fail from now on.</summary>
    public void Fail(Exception exception)
    {
        lock (gate)
        {
            failure ??= exception;
            while (packets.TryDequeue(out var packet))
                ArrayPool<byte>.Shared.Return(packet.Array);
            line.CountInFlight(-bytes);
            bytes = 0;
            taken = 0;
            timer.Dispose();
            Signal(ref arrival);
            Signal(ref room);
        }
    }

    /// <summary>Looks again whether something has arrived.</summary>
    public void Wake()
    {
        lock (gate)
        {
            Signal(ref arrival);
            Signal(ref room);
        }
    }

    /// <summary>Waits until there is something to take: bytes, the end, or a failure.</summary>
    public async ValueTask WaitAsync()
    {
        while (true)
        {
            Task waiting;
            lock (gate)
            {
                if (failure is not null)
                    return;
                if (line.IsPassable && Head is { } head && !WaitsFor(head))
                    return;
                arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = arrival.Task;
            }

            await waiting.ConfigureAwait(false);
        }
    }

    /// <summary>Takes what has arrived.</summary>
    /// <returns>Bytes, or the end; null when there is nothing to take after all.</returns>
    public Arrival? Take(Span<byte> buffer)
    {
        lock (gate)
        {
            if (failure is not null)
                throw failure;
            var count = 0;
            var isLast = false;
            while (!isLast && count < buffer.Length && packets.TryPeek(out var packet) && IsDue(packet))
            {
                var granted = line.Grant(Math.Min(packet.Length - taken, buffer.Length - count), out isLast);
                packet.Array.AsSpan(taken, granted).CopyTo(buffer[count..]);
                count += granted;
                Consume(packet, granted);
            }

            Signal(ref room);
            if (count > 0)
                return new Arrival(count, isLast);
            if (packets.Count > 0 || last is not { } end || !IsDue(end))
                return null;
            timer.Dispose();
            return end.Cut is null ? new Arrival(0, IsLast: false) : throw end.Cut;
        }
    }

    public void Dispose() => timer.Dispose();

    private Packet? Head => packets.TryPeek(out var packet) ? packet : last;

    private bool IsDue(in Packet packet)
    {
        var now = line.Network.Now;
        return packet.Due <= now && line.NotBefore <= now;
    }

    private bool WaitsFor(in Packet head)
    {
        if (IsDue(head))
            return false;
        var due = head.Due > line.NotBefore ? head.Due : line.NotBefore;
        line.Network.SetTimer(timer, due);
        return !IsDue(head);
    }

    private int Append(ref WriteCursor cursor, long most)
    {
        var size = (int)Math.Min(line.MaxPacketSize, most);
        var array = ArrayPool<byte>.Shared.Rent(size);
        cursor.CopyTo(array.AsSpan(0, size));
        packets.Enqueue(new Packet(array, size, times.Arrival(size), Cut: null));
        bytes += size;
        line.CountInFlight(size);
        return size;
    }

    private void Consume(in Packet packet, int count)
    {
        bytes -= count;
        line.CountInFlight(-count);
        taken += count;
        if (taken < packet.Length)
            return;
        taken = 0;
        packets.Dequeue();
        ArrayPool<byte>.Shared.Return(packet.Array);
    }

    private static void Signal(ref TaskCompletionSource? waiting)
    {
        waiting?.TrySetResult();
        waiting = null;
    }
}
