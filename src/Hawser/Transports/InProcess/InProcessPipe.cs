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
    private readonly Lock _lock = new();
    private readonly PooledOperation _reading = new();
    private readonly PooledOperation _writing = new();
    private BriefSpin _readerSpin;
    private BriefSpin _writerSpin;

    private Memory<byte> _readBuffer;
    private int _readCount;
    private bool _readIsParked;
    private bool _readerSpins;

    private WriteCursor _unread;
    private bool _writeIsParked;
    private bool _writerSpins;

    private bool _completed;
    private Func<IOException>? _readFailure;
    private Func<IOException>? _writeFailure;

    /// <summary>Whether nothing more can happen: the bytes have ended or failed.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock)
                return _completed || _readFailure is not null;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        short version;
        lock (_lock)
        {
            if (_readFailure is { } failure)
                return ValueTask.FromException<int>(failure());
            if (_readIsParked)
                throw new InvalidOperationException("A read is pending on this lane already.");
            if (_writeIsParked)
                return new ValueTask<int>(TakeFromWrite(buffer));
            if (_completed)
                return new ValueTask<int>(0);

            _readBuffer = buffer;
            _readIsParked = true;
            _readerSpins = true;
            version = _reading.Start();
        }

        _readerSpin.WhileSet(ref _readIsParked);
        lock (_lock)
        {
            _readerSpins = false;
            if (_readIsParked)
                return new ValueTask<int>(_reading, version);
            return _readFailure is { } failure && _readCount < 0 ? ValueTask.FromException<int>(failure()) : new ValueTask<int>(_readCount);
        }
    }

    public ValueTask WriteAsync(WriteCursor bytes)
    {
        short version;
        lock (_lock)
        {
            if (_writeFailure is { } failure)
                return ValueTask.FromException(failure());
            if (_writeIsParked || _completed)
                throw new InvalidOperationException($"{(_completed ? "The writing side has ended" : "A write is pending")} on this lane already.");
            if (_readIsParked && !bytes.IsEmpty)
                EndRead(bytes.CopyTo(_readBuffer.Span));
            if (bytes.IsEmpty)
                return default;

            _unread = bytes;
            _writeIsParked = true;
            _writerSpins = true;
            version = _writing.Start();
        }

        _writerSpin.WhileSet(ref _writeIsParked);
        lock (_lock)
        {
            _writerSpins = false;
            if (_writeIsParked)
                return new ValueTask(_writing, version);
            return _unread.IsEmpty ? default : ValueTask.FromException(_writeFailure!());
        }
    }

    /// <summary>Ends the bytes: the reader gets 0 after the last one.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            if (_writeFailure is { } failure)
                throw failure();
            if (_writeIsParked)
                throw new InvalidOperationException("A write is pending on this lane; end the lane after it.");
            _completed = true;
            if (_readIsParked)
                EndRead(0);
        }
    }

    /// <summary>Makes what is pending and what comes fail, unless the bytes have ended already: an end that was promised is kept for the reader.</summary>
    public void Break(Func<IOException> forReader, Func<IOException> forWriter, bool evenIfCompleted)
    {
        lock (_lock)
        {
            _writeFailure ??= forWriter;
            if (!_completed || evenIfCompleted)
                _readFailure ??= forReader;
            if (_readIsParked)
                FailRead();
            if (_writeIsParked)
                FailWrite();
        }
    }

    private int TakeFromWrite(Memory<byte> buffer)
    {
        var count = _unread.CopyTo(buffer.Span);
        if (_unread.IsEmpty)
        {
            _unread = default;
            var hop = !_writerSpins;
            Volatile.Write(ref _writeIsParked, false);
            if (hop)
                _writing.Complete(0);
        }

        return count;
    }

    private void EndRead(int count)
    {
        _readBuffer = default;
        _readCount = count;
        var hop = !_readerSpins;
        Volatile.Write(ref _readIsParked, false);
        if (hop)
            _reading.Complete(count);
    }

    private void FailRead()
    {
        _readBuffer = default;
        _readCount = -1;
        var hop = !_readerSpins;
        Volatile.Write(ref _readIsParked, false);
        if (hop)
            _reading.Fail(_readFailure!());
    }

    private void FailWrite()
    {
        var hop = !_writerSpins;
        if (hop)
            _unread = default;
        Volatile.Write(ref _writeIsParked, false);
        if (hop)
            _writing.Fail(_writeFailure!());
    }
}
