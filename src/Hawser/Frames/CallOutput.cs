using System.Buffers;

namespace Hawser.Frames;

/// <summary>The messages and octets that one call sends.</summary>
/// <remarks>One writer at a time. Small messages are copied among the lane's small frames; hinted ones gather here and leave as one chunk; large ones leave from where they lie.</remarks>
internal sealed partial class CallOutput(FrameLane lane, ulong id)
{
    /// <summary>A message up to this size is copied; above, the copy costs more than a write of its own.</summary>
    private const int CopyLimit = 4 * 1024;

    /// <summary>Beyond so many gathered bytes a writer waits until they have left.</summary>
    private const int MaxUnsent = 128 * 1024;

    private readonly OutboundChunk chunk = new();
    private readonly byte[] header = new byte[FrameLimits.MaxHeader];
    private long credit = lane.IsShared ? lane.PeerCallWindow : long.MaxValue / 4;
    private bool waitsForCredit;
    private bool submitted;
    private bool closed;
    private byte[]? hinted;
    private int hintedSize;
    private int hintedCost;
    private long hintedPayload;

    /// <summary>The most that one chunk may cost, so that it always comes to fit.</summary>
    private int MaxCost => lane.IsShared ? Math.Min(FrameLimits.MaxBody, Math.Min(lane.PeerCallWindow, lane.PeerConnectionWindow) / 2) : FrameLimits.MaxBody;

    /// <summary>The most octets that one chunk may hold.</summary>
    public int MaxOctets => lane.IsShared
        ? Math.Min(Block.Large, Math.Min(lane.PeerCallWindow, lane.PeerConnectionWindow) / 2) - FrameLimits.MaxHeader
        : Block.Large - FrameLimits.MaxHeader;

    /// <summary>What every write that cannot be copied goes out as.</summary>
    public OutboundChunk Chunk => chunk;

    /// <summary>Whether nothing that was given to write is still in use.</summary>
    public bool IsIdle => !submitted || chunk.IsDone;

    /// <summary>Sends a message.</summary>
    /// <returns>False when the call has ended.</returns>
    public ValueTask<bool> WriteAsync(in ReadOnlySequence<byte> message, WriteFlags flags)
    {
        var body = message.Length + Varint.SizeOf(id);
        if (body > MaxCost)
            return WritePiecesAsync(message);
        var size = (int)body;
        if (hintedSize > 0 || (flags & WriteFlags.BufferHint) != 0)
            return GatherAsync(message, size, (flags & WriteFlags.BufferHint) != 0);
        if (size <= CopyLimit)
        {
            lock (lane.Output.Gate)
            {
                if (closed)
                    return new ValueTask<bool>(result: false);
                if (lane.Output.UnsentSize < MaxUnsent && credit >= size && lane.Credit.TryTake(lane.IsShared ? size : 0))
                {
                    credit -= size;
                    Settle();
                    sent += message.Length;
                    hasSent = true;
                    var span = lane.Output.GetSpan(FrameLimits.MaxHeader + size);
                    lane.Output.Advance(WriteFrame(span, FrameFlags.None, message, size));
                    goto Appended;
                }
            }
        }

        return WriteRentedAsync(message, size);

    Appended:
        lane.Output.FlushSoon(lane.IsQuiet);
        return new ValueTask<bool>(result: true);
    }

    /// <summary>Sends what was hinted to wait.</summary>
    /// <returns>False when the call has ended.</returns>
    public ValueTask<bool> FlushAsync()
    {
        if (hintedSize == 0)
            return new ValueTask<bool>(!Volatile.Read(ref closed));
        var segment = new ArraySegment<byte>(hinted!, 0, hintedSize);
        var (cost, payload) = (hintedCost, hintedPayload);
        hintedSize = 0;
        hintedCost = 0;
        hintedPayload = 0;
        return SubmitAsync(segment, default, cost, payload);
    }

    /// <summary>Sends octets from where they lie; at most <see cref="MaxOctets"/>.</summary>
    /// <param name="room">At least <see cref="FrameLimits.MaxHeader"/> bytes before the octets that may be overwritten.</param>
    /// <param name="octets">The octets, in the same array right behind.</param>
    /// <returns>False when the call has ended.</returns>
    public ValueTask<bool> WriteOctetsAsync(ArraySegment<byte> room, ArraySegment<byte> octets)
    {
        var body = octets.Count + Varint.SizeOf(id);
        Span<byte> start = stackalloc byte[FrameLimits.MaxHeader];
        var size = WriteHeader(start, FrameType.Octets, FrameFlags.None, body);
        var begin = room.Offset + room.Count - size;
        start[..size].CopyTo(room.Array.AsSpan(begin));
        return SubmitAsync(new ArraySegment<byte>(room.Array!, begin, size + octets.Count), default, body, octets.Count);
    }

    /// <summary>Sends octets that lie in somebody else's array; at most <see cref="MaxOctets"/>.</summary>
    /// <returns>False when the call has ended.</returns>
    public ValueTask<bool> WriteOctetsAsync(ArraySegment<byte> octets)
    {
        var body = octets.Count + Varint.SizeOf(id);
        var size = WriteHeader(header, FrameType.Octets, FrameFlags.None, body);
        return SubmitAsync(new ArraySegment<byte>(header, 0, size), octets, body, octets.Count);
    }

    /// <summary>The peer takes more. Under the gate.</summary>
    /// <returns>Whether a chunk was queued that must be flushed.</returns>
    public bool Grant(ulong amount)
    {
        if (amount > long.MaxValue / 4 || (ulong)credit + amount > long.MaxValue / 2)
            throw new ProtocolViolationException($"The peer granted call {id} more credit than can be counted.");
        credit += (long)amount;
        if (amount == 0 || !waitsForCredit || credit < chunk.Cost)
            return false;
        waitsForCredit = false;
        return TakeLaneCredit();
    }

    /// <summary>Nothing more is sent: writers get false from now on.</summary>
    public void Close()
    {
        var wake = false;
        var left = false;
        lock (lane.Output.Gate)
        {
            if (closed)
                return;
            Volatile.Write(ref closed, true);
            if (submitted && (waitsForCredit || lane.Credit.Remove(chunk)))
            {
                waitsForCredit = false;
                wake = chunk.Complete(wasWritten: false);
                left = lane.IsShared;
                while (lane.Credit.TakeReady() is { } ready)
                    lane.Output.AddBulk(ready);
            }
        }

        if (wake)
            lane.Output.Dispatcher.AddAndRequest(chunk);
        if (!left)
            return;

        // It may have stood before others that need less credit than it did.
        lane.Output.Flush();
        lane.Connection.StartWaiting();
    }

    /// <summary>Gives the buffers back. Only when no writer is at work.</summary>
    public void Release()
    {
        if (hinted is not null && IsIdle)
            ArrayPool<byte>.Shared.Return(hinted);
        hinted = null;
        hintedSize = 0;
    }

    private ValueTask<bool> GatherAsync(in ReadOnlySequence<byte> message, int body, bool more)
    {
        if (hintedSize > 0 && (hinted!.Length - hintedSize < FrameLimits.MaxHeader + body || hintedCost + body > MaxCost))
            return FlushThenGatherAsync(message, body, more);
        hinted ??= ArrayPool<byte>.Shared.Rent(FrameLimits.MaxBody);
        if (hinted.Length < FrameLimits.MaxHeader + body)
        {
            ArrayPool<byte>.Shared.Return(hinted);
            hinted = ArrayPool<byte>.Shared.Rent(FrameLimits.MaxHeader + body);
        }

        hintedSize += WriteFrame(hinted.AsSpan(hintedSize), FrameFlags.None, message, body);
        hintedCost += body;
        hintedPayload += message.Length;
        return more ? new ValueTask<bool>(!Volatile.Read(ref closed)) : FlushAsync();
    }

    private async ValueTask<bool> FlushThenGatherAsync(ReadOnlySequence<byte> message, int body, bool more) =>
        await FlushAsync().ConfigureAwait(false) && await GatherAsync(message, body, more).ConfigureAwait(false);

    private async ValueTask<bool> WriteRentedAsync(ReadOnlySequence<byte> message, int body)
    {
        var rented = ArrayPool<byte>.Shared.Rent(FrameLimits.MaxHeader + body);
        var size = WriteFrame(rented, FrameFlags.None, message, body);
        var written = await SubmitAsync(new ArraySegment<byte>(rented, 0, size), default, body, message.Length).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(rented);
        return written;
    }

    private async ValueTask<bool> WritePiecesAsync(ReadOnlySequence<byte> message)
    {
        if (!await FlushAsync().ConfigureAwait(false))
            return false;
        var most = MaxCost - Varint.SizeOf(id);
        var payload = message.Length;
        var rented = ArrayPool<byte>.Shared.Rent(FrameLimits.MaxHeader + most);
        try
        {
            while (!message.IsEmpty)
            {
                var piece = message.Slice(0, Math.Min(most, message.Length));
                message = message.Slice(piece.End);
                var body = (int)piece.Length + Varint.SizeOf(id);
                var size = WriteFrame(rented, message.IsEmpty ? FrameFlags.None : FrameFlags.More, piece, body);
                if (!await SubmitAsync(new ArraySegment<byte>(rented, 0, size), default, body, message.IsEmpty ? payload : 0).ConfigureAwait(false))
                    return false;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return true;
    }

    private ValueTask<bool> SubmitAsync(ArraySegment<byte> head, ArraySegment<byte> tail, int cost, long payload)
    {
        lock (lane.Output.Gate)
        {
            if (closed)
                return new ValueTask<bool>(result: false);
            Settle();
            sending = payload;
            hasSent = true;
            chunk.Prepare(head, tail, cost);
            submitted = true;
            if (credit < cost)
                waitsForCredit = true;
            else
                TakeLaneCredit();
        }

        lane.Output.Flush();
        return chunk.AsValueTask();
    }

    private bool TakeLaneCredit()
    {
        credit -= chunk.Cost;
        if (!lane.IsShared || lane.Credit.TryTake(chunk.Cost))
        {
            lane.Output.AddBulk(chunk);
            return true;
        }

        lane.Credit.Wait(chunk);
        return false;
    }

    private int WriteHeader(Span<byte> output, FrameType type, FrameFlags flags, int body)
    {
        output[0] = (byte)((byte)type | (byte)flags);
        var size = 1 + Varint.Write(output[1..], (ulong)body);
        return size + Varint.Write(output[size..], id);
    }

    private int WriteFrame(Span<byte> output, FrameFlags flags, in ReadOnlySequence<byte> payload, int body)
    {
        var size = WriteHeader(output, FrameType.Message, flags, body);
        payload.CopyTo(output[size..]);
        return size + (int)payload.Length;
    }
}
