using System.Buffers;
using Hawser.Transports;

namespace Hawser.Frames;

/// <summary>What waits to be written to one lane: small frames gathered in buffers, and chunks of bulk that stay where they are.</summary>
/// <remarks>
/// Everything that is ready leaves in one write, small frames first, so that they never wait behind more bulk than one write holds. Nothing waits for more to
/// come: whoever appends also flushes, or runs on a thread that flushes when it has nothing else to do. <see cref="Gate"/> also guards the credit of the lane.
/// </remarks>
internal sealed class LaneOutput
{
    private const int BufferSize = 16 * 1024;
    private const int MaxBulkPerWrite = 512 * 1024;

    /// <summary>After so many writes on one thread, another goes on: it may be a caller's, who wants to get on.</summary>
    private const int WritesPerTurn = 16;

    private readonly Lane lane;
    private readonly Action onWritten;
    private readonly FlushItem flushItem;
    private readonly List<ArraySegment<byte>> sending = [];
    private readonly List<byte[]> sendingBuffers = [];
    private readonly List<byte[]> full = [];
    private readonly List<int> fullLengths = [];
    private byte[]? buffer;
    private int length;
    private int fullSize;
    private OutboundChunk? bulkHead;
    private OutboundChunk? bulkTail;
    private OutboundChunk? sendingBulk;
    private bool writing;
    private bool scheduled;
    private bool completing;
    private bool closed;
    private System.Runtime.CompilerServices.ValueTaskAwaiter pending;
    private TaskCompletionSource? drained;
    private long bytesSent;

    public LaneOutput(Lane lane)
    {
        this.lane = lane;
        onWritten = OnWritten;
        flushItem = new FlushItem(this);
        Dispatcher = new Dispatcher(this);
    }

    /// <summary>Held while frames are appended, never while user code runs or bytes are written.</summary>
    public Lock Gate { get; } = new();

    public Dispatcher Dispatcher { get; }

    /// <summary>Called once, on any thread, when writing has failed.</summary>
    public Action<Exception>? Failed { get; set; }

    public long BytesSent => Volatile.Read(ref bytesSent);

    /// <summary>Bytes of small frames that are gathered.</summary>
    public int UnsentSize => Volatile.Read(ref length) + Volatile.Read(ref fullSize);

    /// <summary>Whether this side of the lane is being ended, or has ended. Under the gate.</summary>
    public bool IsEnding => drained is not null || closed;

    public bool HasUnsent => !Volatile.Read(ref writing) && (UnsentSize > 0 || Volatile.Read(ref bulkHead) is not null);

    /// <summary>Room for a frame of at most <paramref name="size"/> bytes (64 KiB + header); under the gate, followed by <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (buffer is null || buffer.Length - length < size)
            NextBuffer(size);
        return buffer.AsSpan(length);
    }

    public void Advance(int size) => Volatile.Write(ref length, closed ? 0 : length + size);

    /// <summary>Adds a chunk behind the others; under the gate.</summary>
    public void AddBulk(OutboundChunk chunk)
    {
        if (closed)
        {
            if (chunk.Complete(wasWritten: false))
                Dispatcher.AddAndRequest(chunk);
            return;
        }

        chunk.NextChunk = null;
        if (bulkTail is null)
            Volatile.Write(ref bulkHead, chunk);
        else
            bulkTail.NextChunk = chunk;
        bulkTail = chunk;
    }

    /// <summary>Sends what is gathered on this thread, unless another is sending already: then that one goes on with it.</summary>
    public void Flush()
    {
        if (!HasUnsent)
            return;
        lock (Gate)
        {
            if (writing)
                return;
            Volatile.Write(ref writing, true);
        }

        Write(mayRunUserCode: false);
    }

    /// <summary>Sends what is gathered, on the cheapest thread.</summary>
    /// <param name="alone">Whether nobody else is likely to add to it soon.</param>
    public void FlushSoon(bool alone)
    {
        if (Dispatcher.IsCurrent)
            return;
        if (alone)
            Flush();
        else
            ScheduleFlush();
    }

    /// <summary>Sends what is gathered, then ends this side of the lane.</summary>
    /// <returns>A task that ends when that is done, or writing has failed.</returns>
    public Task CompleteAsync()
    {
        lock (Gate)
        {
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            completing = true;
            if (closed)
                drained.TrySetResult();
            if (writing || closed)
                return drained.Task;
            Volatile.Write(ref writing, true);
        }

        Write(mayRunUserCode: false);
        return drained.Task;
    }

    /// <summary>Gives up what has not been written; later appends go nowhere.</summary>
    public void Close()
    {
        OutboundChunk? chunk;
        lock (Gate)
        {
            if (closed)
                return;
            closed = true;
            chunk = bulkHead;
            bulkHead = bulkTail = null;
            length = 0;
            drained?.TrySetResult();
            if (!writing)
                ReturnBuffers();
        }

        Complete(chunk, written: false);
    }

    private void ScheduleFlush()
    {
        if (Volatile.Read(ref writing))
            return;
        lock (Gate)
        {
            if (writing || scheduled)
                return;
            scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(flushItem, preferLocal: false);
    }

    private void NextBuffer(int size)
    {
        if (buffer is not null && length > 0)
        {
            full.Add(buffer);
            fullLengths.Add(length);
            Volatile.Write(ref fullSize, fullSize + length);
        }
        else if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // A first buffer is small, for the many connections that send little; one that fills is followed by a larger one.
        var wanted = full.Count == 0 ? BufferSize : 4 * BufferSize;
        buffer = ArrayPool<byte>.Shared.Rent(Math.Max(size, wanted));
        Volatile.Write(ref length, 0);
    }

    /// <summary>Writes until nothing is left. The caller has set <see cref="writing"/>, which makes it the only one here.</summary>
    /// <param name="mayRunUserCode">Whether this thread holds nothing and will drain the dispatcher afterwards.</param>
    private void Write(bool mayRunUserCode)
    {
        for (var turn = 0; ; turn++)
        {
            if (turn == WritesPerTurn)
            {
                ThreadPool.UnsafeQueueUserWorkItem(new WriteItem(this), preferLocal: false);
                return;
            }

            if (!TakeNext())
                return;
            try
            {
                var write = sending.Count == 1 ? lane.WriteAsync(sending[0]) : lane.WriteAsync(sending);
                var awaiter = write.GetAwaiter();
                if (!awaiter.IsCompleted)
                {
                    pending = awaiter;
                    awaiter.UnsafeOnCompleted(onWritten);
                    return;
                }

                awaiter.GetResult();
            }
            catch (Exception exception)
            {
                Fail(exception);
                return;
            }

            Written(mayRunUserCode);
        }
    }

    private void OnWritten()
    {
        var awaiter = pending;
        pending = default;
        try
        {
            awaiter.GetResult();
        }
        catch (Exception exception)
        {
            Fail(exception);
            return;
        }

        Written(mayRunUserCode: true);
        Write(mayRunUserCode: true);

        // The transport called, so this thread holds nothing: it may run those who waited for their bytes to leave.
        if (!Dispatcher.IsEmpty)
            Dispatcher.Drain();
    }

    private bool TakeNext()
    {
        lock (Gate)
        {
            if (!closed)
            {
                for (var i = 0; i < full.Count; i++)
                {
                    sending.Add(new ArraySegment<byte>(full[i], 0, fullLengths[i]));
                    sendingBuffers.Add(full[i]);
                }

                full.Clear();
                fullLengths.Clear();
                Volatile.Write(ref fullSize, 0);
                if (length > 0)
                {
                    sending.Add(new ArraySegment<byte>(buffer!, 0, length));
                    sendingBuffers.Add(buffer!);
                    buffer = null;
                    Volatile.Write(ref length, 0);
                }

                TakeBulk();
                if (sending.Count > 0)
                    return true;
            }

            ReturnBuffers();
            if (!completing || closed)
            {
                Volatile.Write(ref writing, false);
                drained?.TrySetResult();
                return false;
            }

            completing = false;
        }

        // Still the only writer: nobody may write while this side of the lane is being ended.
        EndWrites();
        return false;
    }

    private void TakeBulk()
    {
        var size = 0;
        while (bulkHead is { } chunk && size < MaxBulkPerWrite)
        {
            Volatile.Write(ref bulkHead, chunk.NextChunk);
            if (bulkHead is null)
                bulkTail = null;
            chunk.NextChunk = sendingBulk;
            sendingBulk = chunk;
            size += chunk.AddTo(sending);
        }
    }

    private void Written(bool mayRunUserCode)
    {
        var size = 0L;
        foreach (var segment in sending)
            size += segment.Count;
        Volatile.Write(ref bytesSent, bytesSent + size);
        sending.Clear();
        foreach (var sent in sendingBuffers)
            ArrayPool<byte>.Shared.Return(sent);
        sendingBuffers.Clear();
        var chunk = sendingBulk;
        sendingBulk = null;
        Complete(chunk, written: true, mayRunUserCode);
        Dispatcher.Reader?.OnWritten();
    }

    private void Complete(OutboundChunk? chunk, bool written, bool mayRunUserCode = false)
    {
        while (chunk is not null)
        {
            var next = chunk.NextChunk;
            chunk.NextChunk = null;
            if (chunk.Complete(written))
            {
                Dispatcher.Add(chunk);
                if (!mayRunUserCode && !Dispatcher.IsCurrent)
                    Dispatcher.RequestThread();
            }

            chunk = next;
        }
    }

    private void EndWrites()
    {
        _ = EndAsync();

        async Task EndAsync()
        {
            try
            {
                await lane.CompleteWritesAsync().ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                Failed?.Invoke(exception);
            }

            lock (Gate)
            {
                Volatile.Write(ref writing, false);
            }

            drained!.TrySetResult();
        }
    }

    private void Fail(Exception exception)
    {
        OutboundChunk? chunk;
        lock (Gate)
        {
            Volatile.Write(ref writing, false);
            chunk = sendingBulk;
            sendingBulk = null;
            sending.Clear();
            sendingBuffers.Clear();
        }

        Close();
        Complete(chunk, written: false);
        Failed?.Invoke(exception);
    }

    private void ReturnBuffers()
    {
        if (closed)
        {
            foreach (var unsent in full)
                ArrayPool<byte>.Shared.Return(unsent);
            full.Clear();
            fullLengths.Clear();
            Volatile.Write(ref fullSize, 0);
        }

        if (buffer is not null && length == 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }

    private sealed class FlushItem(LaneOutput output) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            lock (output.Gate)
            {
                output.scheduled = false;
            }

            output.Flush();
        }
    }

    private sealed class WriteItem(LaneOutput output) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            output.Write(mayRunUserCode: true);
            if (!output.Dispatcher.IsEmpty)
                output.Dispatcher.Drain();
        }
    }
}
