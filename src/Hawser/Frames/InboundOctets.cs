using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Hawser.Frames;

/// <summary>The octets of one call that have arrived and are not read yet, where the lane read them: reading copies nothing.</summary>
/// <remarks>One reader, one lane; each on its own thread. Consumption grants the sender new credit.</remarks>
internal sealed class InboundOctets(FrameLane lane, CallCredit credit, Action? abandoned) : PipeReader, IValueTaskSource<ReadResult>
{
    /// <summary>A piece up to this size is copied, so that a few bytes which nobody reads do not hold a large block.</summary>
    private const int CopyLimit = 8 * 1024;

    private readonly Lock gate = new();
    private readonly Stack<OctetSegment> spare = new();
    private readonly AskedAcknowledgements asked = new();
    private readonly ReadWork work = new();
    private ManualResetValueTaskSourceCore<ReadResult> source;
    private OctetSegment? head;
    private OctetSegment? tail;
    private int headOffset;
    private long unread;
    private long consumedSize;
    private bool hasBegun;
    private long examined;
    private bool waiting;
    private bool ended;
    private bool completed;
    private bool cancelRequested;
    private RpcException? failure;
    private CancellationTokenRegistration registration;
    private CancellationToken token;

    /// <summary>Takes octets from the lane.</summary>
    public void Add(Block block, int start, int length, WorkBatch batch)
    {
        lock (gate)
        {
            if (completed || ended)
            {
                credit.Return(length);
                return;
            }

            if (length > CopyLimit)
            {
                NextSegment().Borrow(block, start, length);
            }
            else
            {
                var octets = block.Bytes.AsSpan(start, length);
                if (tail is not null && tail.Room >= length)
                    tail.Append(octets);
                else
                    NextSegment().Copy(octets, 2 * CopyLimit);
            }

            unread += length;
            Wake(batch);
        }
    }

    /// <summary>The peer wants to know when what came so far has been consumed; the message before the octets has been when the octets are first asked for.</summary>
    public void Ask(ulong number)
    {
        lock (gate)
        {
            if (completed)
                return;
            asked.Add(number, consumedSize + unread);
            AnswerConsumed();
        }
    }

    /// <summary>Nothing more will come.</summary>
    /// <param name="status">Why, or null at the clean end. Thrown at the reader once it has read what came before.</param>
    /// <param name="trailers">What came with the status.</param>
    /// <param name="notRun">Whether the call certainly did not run.</param>
    /// <param name="batch">Takes the reader's continuation.</param>
    public void End(Status? status, Metadata? trailers, bool notRun, WorkBatch batch)
    {
        lock (gate)
        {
            if (ended)
                return;
            ended = true;
            if (status is { IsOk: false })
                failure = new RpcException(status, trailers) { NotRun = notRun };
            Wake(batch);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(completed, this);
            Begin();
            if (TryGet(out var result))
                return new ValueTask<ReadResult>(result);
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled<ReadResult>(cancellationToken);
            if (waiting)
                throw new InvalidOperationException("These octets are being read already: one reader at a time.");
            waiting = true;
            token = cancellationToken;
            source.Reset();

            // Under the gate, so that it is there when the read ends, which then takes it away again.
            if (cancellationToken.CanBeCanceled)
                registration = cancellationToken.UnsafeRegister(static reader => ((InboundOctets)reader!).StopWaiting(), this);
        }

        return new ValueTask<ReadResult>(this, source.Version);
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(completed, this);
            Begin();
            return TryGet(out result);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var freed = 0L;
        lock (gate)
        {
            // The positions of an empty read belong to no segment of ours; nothing was consumed then.
            if (completed || head is null || consumed.GetObject() is not OctetSegment consumedSegment)
                return;
            while (!ReferenceEquals(head, consumedSegment))
            {
                freed += head.Memory.Length - headOffset;
                headOffset = 0;
                PassHead();
                if (head is null)
                    throw new ArgumentException("The position is not one of the octets that were read last.", nameof(consumed));
            }

            freed += consumed.GetInteger() - headOffset;
            headOffset = consumed.GetInteger();
            var seen = 0L;
            var segment = head;
            var from = headOffset;
            while (!ReferenceEquals(segment, examined.GetObject()))
            {
                seen += segment.Memory.Length - from;
                from = 0;
                segment = segment.NextSegment ?? throw new ArgumentException("The position is not one of the octets that were read last.", nameof(examined));
            }

            this.examined = seen + examined.GetInteger() - from;
            unread -= freed;
            consumedSize += freed;
            AnswerConsumed();
            if (headOffset == head.Memory.Length && head.Room == 0)
            {
                headOffset = 0;
                PassHead();
            }
        }

        if (freed > 0)
            credit.Return((int)freed);
    }

    public override void CancelPendingRead()
    {
        lock (gate)
        {
            cancelRequested = true;
        }

        StopWaiting();
    }

    public override void Complete(Exception? exception = null)
    {
        long dropped;
        bool unfinished;
        lock (gate)
        {
            if (completed)
                return;
            completed = true;
            unfinished = !ended;
            dropped = unread;
            unread = 0;
            while (head is not null)
                PassHead();
            headOffset = 0;
        }

        if (dropped > 0)
            credit.Return((int)Math.Min(dropped, int.MaxValue));
        if (unfinished)
            abandoned?.Invoke();
    }

    public ReadResult GetResult(short token) => source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);

    private void Begin()
    {
        if (hasBegun)
            return;
        hasBegun = true;
        AnswerConsumed();
    }

    private void AnswerConsumed()
    {
        while (hasBegun && asked.IsNextWithin(consumedSize))
            credit.Acknowledge(asked.Next());
    }

    private void Finish()
    {
        registration.Dispose();
        registration = default;
        ReadResult result;
        try
        {
            lock (gate)
            {
                if (!TryGet(out result))
                {
                    token.ThrowIfCancellationRequested();
                    result = new ReadResult(Unread(), isCanceled: true, isCompleted: false);
                }
            }
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            source.SetException(exception);
            return;
        }

        source.SetResult(result);
    }

    private void StopWaiting()
    {
        lock (gate)
        {
            if (!waiting)
                return;
            waiting = false;
        }

        lane.Output.Dispatcher.AddAndRequest(work.For(this));
    }

    private bool TryGet(out ReadResult result)
    {
        if (cancelRequested)
        {
            cancelRequested = false;
            result = new ReadResult(Unread(), isCanceled: true, ended && failure is null);
            return true;
        }

        if (unread > examined || ended)
        {
            if (ended && unread <= examined && failure is not null)
                throw failure;
            examined = 0;
            result = new ReadResult(Unread(), isCanceled: false, isCompleted: ended && failure is null);
            return true;
        }

        result = default;
        return false;
    }

    private ReadOnlySequence<byte> Unread() => head is null || unread == 0
        ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(head, headOffset, tail!, tail!.Memory.Length);

    private OctetSegment NextSegment()
    {
        var segment = spare.Count > 0 ? spare.Pop() : new OctetSegment();
        if (tail is null)
            head = segment;
        else
            segment.Follow(tail);
        tail = segment;
        return segment;
    }

    private void PassHead()
    {
        var passed = head!;
        head = passed.NextSegment;
        if (head is null)
            tail = null;
        passed.Release();
        spare.Push(passed);
    }

    private void Wake(WorkBatch batch)
    {
        if (!waiting)
            return;
        waiting = false;
        batch.Add(work.For(this));
    }

    private sealed class ReadWork : WorkItem
    {
        private InboundOctets? reader;

        public ReadWork For(InboundOctets octets)
        {
            reader = octets;
            return this;
        }

        public override void Run() => reader!.Finish();
    }
}
