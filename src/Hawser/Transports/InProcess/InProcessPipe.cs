namespace Hawser.Transports;

/// <summary>
/// One direction of an in-process lane. A write parks its caller's buffers, and the bytes go straight into the reader's: one copy, no buffer in between.
/// </summary>
/// <remarks>
/// Bytes are copied under the lock. That delays nobody but an abort, since the other party is parked meanwhile; and it means that no buffer is
/// touched once the operation it belongs to has ended. A party that has just parked looks on for a moment (<see cref="BriefSpin"/>): if the other
/// comes in that time, the operation ends on the spot and costs no hop over the thread pool.
/// One read and one write at a time; the rest may be called from any thread.
/// </remarks>
internal sealed class InProcessPipe
{
    private readonly Lock gate = new();
    private readonly PooledOperation reading = new();
    private readonly PooledOperation writing = new();
    private BriefSpin readerSpin;
    private BriefSpin writerSpin;

    private Memory<byte> readBuffer;
    private int readCount;
    private bool readIsParked;
    private bool readerSpins;

    private WriteCursor unread;
    private bool writeIsParked;
    private bool writerSpins;

    private bool completed;
    private Func<IOException>? readFailure;
    private Func<IOException>? writeFailure;

    /// <summary>Whether nothing more can happen: the bytes have ended or failed.</summary>
    public bool IsOver
    {
        get
        {
            lock (gate)
                return completed || readFailure is not null;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        short version;
        lock (gate)
        {
            if (readFailure is { } failure)
                return ValueTask.FromException<int>(failure());
            if (readIsParked)
                throw new InvalidOperationException("A read is pending on this lane already.");
            if (writeIsParked)
                return new ValueTask<int>(TakeFromWrite(buffer));
            if (completed)
                return new ValueTask<int>(0);

            readBuffer = buffer;
            readIsParked = true;
            readerSpins = true;
            version = reading.Start();
        }

        readerSpin.WhileSet(ref readIsParked);
        lock (gate)
        {
            readerSpins = false;
            if (readIsParked)
                return new ValueTask<int>(reading, version);
            return readFailure is { } failure && readCount < 0 ? ValueTask.FromException<int>(failure()) : new ValueTask<int>(readCount);
        }
    }

    public ValueTask WriteAsync(WriteCursor bytes)
    {
        short version;
        lock (gate)
        {
            if (writeFailure is { } failure)
                return ValueTask.FromException(failure());
            if (writeIsParked || completed)
                throw new InvalidOperationException($"{(completed ? "The writing side has ended" : "A write is pending")} on this lane already.");
            if (readIsParked && !bytes.IsEmpty)
                EndRead(bytes.CopyTo(readBuffer.Span));
            if (bytes.IsEmpty)
                return default;

            unread = bytes;
            writeIsParked = true;
            writerSpins = true;
            version = writing.Start();
        }

        writerSpin.WhileSet(ref writeIsParked);
        lock (gate)
        {
            writerSpins = false;
            if (writeIsParked)
                return new ValueTask(writing, version);
            return unread.IsEmpty ? default : ValueTask.FromException(writeFailure!());
        }
    }

    /// <summary>Ends the bytes: the reader gets 0 after the last one.</summary>
    public void Complete()
    {
        lock (gate)
        {
            if (writeFailure is { } failure)
                throw failure();
            if (writeIsParked)
                throw new InvalidOperationException("A write is pending on this lane; end the lane after it.");
            completed = true;
            if (readIsParked)
                EndRead(0);
        }
    }

    /// <summary>Makes what is pending and what comes fail, unless the bytes have ended already: an end that was promised is kept for the reader.</summary>
    public void Break(Func<IOException> forReader, Func<IOException> forWriter, bool evenIfCompleted)
    {
        lock (gate)
        {
            writeFailure ??= forWriter;
            if (!completed || evenIfCompleted)
                readFailure ??= forReader;
            if (readIsParked)
                FailRead();
            if (writeIsParked)
                FailWrite();
        }
    }

    private int TakeFromWrite(Memory<byte> buffer)
    {
        var count = unread.CopyTo(buffer.Span);
        if (unread.IsEmpty)
        {
            unread = default;
            var hop = !writerSpins;
            Volatile.Write(ref writeIsParked, false);
            if (hop)
                writing.Complete(0);
        }

        return count;
    }

    private void EndRead(int count)
    {
        readBuffer = default;
        readCount = count;
        var hop = !readerSpins;
        Volatile.Write(ref readIsParked, false);
        if (hop)
            reading.Complete(count);
    }

    private void FailRead()
    {
        readBuffer = default;
        readCount = -1;
        var hop = !readerSpins;
        Volatile.Write(ref readIsParked, false);
        if (hop)
            reading.Fail(readFailure!());
    }

    private void FailWrite()
    {
        var hop = !writerSpins;
        if (hop)
            unread = default;
        Volatile.Write(ref writeIsParked, false);
        if (hop)
            writing.Fail(writeFailure!());
    }
}
