using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Hawser.Frames;

/// <summary>The messages of one call that have arrived and are not read yet.</summary>
/// <remarks>
/// Messages that came together stay together, as the frames they came in: the lane hands over a run of them with one lock, and the reader finds the messages in it
/// without any. One reader, one lane; each on its own thread.
/// </remarks>
internal sealed class InboundMessages(FrameLane lane, CallCredit credit, bool throwsFailure) : WorkItem, IValueTaskSource<bool>
{
    /// <summary>A run up to this size is copied, so that a few bytes which nobody reads do not hold a large block.</summary>
    private const int CopyLimit = 8 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<Frames> runs = [];
    private readonly AskedAcknowledgements asked = new();
    private ManualResetValueTaskSourceCore<bool> source;
    private Frames last;
    private bool hasLast;
    private bool waiting;
    private bool ended;
    private bool endWasRead;
    private Status? failure;

    private Frames current;
    private int position;
    private ReadOnlyMemory<byte> message;

    // Of the message that arrives in pieces.
    private byte[]? assembled;
    private int assembledSize;
    private int assembledCost;
    private int assembledGranted;
    private volatile bool hasPieces;

    /// <summary>The message that the last read found.</summary>
    public ReadOnlySequence<byte> Message => new(message);

    /// <summary>Why the messages ended, if not by their end.</summary>
    public Status? Failure => failure;

    /// <summary>Takes a run of whole MESSAGE frames from the lane.</summary>
    public void Add(Block block, int start, int end, int cost, WorkBatch batch)
    {
        lock (gate)
        {
            if (ended)
            {
                credit.Return(cost);
                return;
            }

            if (end - start <= CopyLimit)
            {
                AddCopy(block.Bytes.AsSpan(start, end - start), cost);
            }
            else
            {
                FlushLast();
                block.AddReference();
                runs.Enqueue(new Frames(block.Bytes, start, end, cost, 0, block, IsWhole: false));
            }

            Wake(batch);
        }
    }

    /// <summary>Takes a piece of a message that did not fit one frame.</summary>
    /// <returns>What is wrong with it, or null. The piece's cost is the caller's to pay back then.</returns>
    public Status? AddPiece(ReadOnlySpan<byte> piece, int cost, bool isLast, WorkBatch batch)
    {
        lock (gate)
        {
            if (ended)
            {
                credit.Return(cost);
                return null;
            }

            var size = assembledSize + piece.Length;
            if (size > lane.MaxMessageSize)
                return TooLarge(lane.MaxMessageSize);
            if (!lane.TryHoldForAssembly(piece.Length))
                return TooManyPieces(lane.MaxAssemblySize);
            hasPieces = !isLast;
            assembled = PooledArrays.Append(assembled, assembledSize, piece, lane.MaxMessageSize);
            assembledSize = size;
            assembledCost += cost;

            // A message larger than the window could never arrive if its first pieces were not paid back before its last came.
            if (!isLast && runs.Count == 0 && !hasLast)
            {
                assembledGranted += cost;
                credit.Return(cost);
            }

            if (!isLast)
                return null;
            FlushLast();
            runs.Enqueue(new Frames(assembled, 0, assembledSize, assembledCost, assembledGranted, null, IsWhole: true));
            assembled = null;
            assembledSize = assembledCost = assembledGranted = 0;
            Wake(batch);
            return null;
        }
    }

    /// <summary>The peer wants to know when what came so far has been consumed: when its reader asks for what follows.</summary>
    public void Ask(ulong number)
    {
        lock (gate)
        {
            if (waiting || endWasRead)
            {
                credit.Acknowledge(number);
                return;
            }

            asked.Add(number);
            FlushLast();
            runs.Enqueue(Frames.Question);
        }
    }

    /// <summary>Whether a message is half here.</summary>
    public bool HasPieces => hasPieces;

    /// <summary>Nothing more will come.</summary>
    /// <param name="status">Why, or null at the clean end.</param>
    /// <param name="batch">Takes the reader's continuation.</param>
    public void End(Status? status, WorkBatch batch)
    {
        lock (gate)
        {
            if (ended)
                return;
            ended = true;
            failure = status;
            DropPieces();
            Wake(batch);
        }
    }

    /// <summary>Nothing more will be read: what is here goes.</summary>
    /// <remarks>The reader's side only.</remarks>
    public void Discard()
    {
        lock (gate)
        {
            Release(current);
            current = default;
            position = 0;
            ended = true;
            DropPieces();
            FlushLast();
            while (runs.TryDequeue(out var run))
            {
                credit.Return(run.Cost - run.Granted);
                Release(run);
            }

            if (!waiting)
                return;
            waiting = false;
        }

        lane.Output.Dispatcher.AddAndRequest(this);
    }

    /// <summary>Finds the next message.</summary>
    /// <returns>False at the end; <see cref="Failure"/> says whether it is a clean one.</returns>
    public ValueTask<bool> ReadAsync()
    {
        if (position < current.End)
        {
            NextInRun();
            return new ValueTask<bool>(result: true);
        }

        lock (gate)
        {
            if (!TakeRun())
            {
                if (ended)
                {
                    endWasRead = true;
                    return throwsFailure && failure is not null ? throw new RpcException(failure) : new ValueTask<bool>(result: false);
                }

                waiting = true;
                source.Reset();
                return new ValueTask<bool>(this, source.Version);
            }
        }

        NextInRun();
        return new ValueTask<bool>(result: true);
    }

    public override void Run()
    {
        bool found;
        lock (gate)
        {
            found = TakeRun();
            endWasRead = !found;
            if (found)
                NextInRun();
        }

        if (!found && throwsFailure && failure is not null)
            source.SetException(new RpcException(failure));
        else
            source.SetResult(found);
    }

    public bool GetResult(short token) => source.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags);

    internal static Status TooLarge(int limit) => new(
        StatusCode.ResourceExhausted,
        $"A message is larger than {limit} bytes (ConnectionLimits.MaxMessageSize of the receiver): raise the limit, or send it in parts or as octets.");

    internal static Status TooManyPieces(int limit) => new(
        StatusCode.ResourceExhausted,
        $"Messages that are still arriving would need more than {limit} bytes (ConnectionLimits.MaxAssemblySize of the receiver): send fewer large messages at once.");

    /// <summary>Gives the half message back; under the gate.</summary>
    private void DropPieces()
    {
        hasPieces = false;
        if (assembled is null)
            return;
        lane.ReleaseFromAssembly(assembledSize);
        credit.Return(assembledCost - assembledGranted);
        ArrayPool<byte>.Shared.Return(assembled);
        assembled = null;
        assembledSize = assembledCost = assembledGranted = 0;
    }

    private void AddCopy(ReadOnlySpan<byte> frames, int cost)
    {
        if (hasLast && last.Bytes.Length - last.End >= frames.Length)
        {
            frames.CopyTo(last.Bytes.AsSpan(last.End));
            last = last with { End = last.End + frames.Length, Cost = last.Cost + cost };
            return;
        }

        FlushLast();
        var bytes = ArrayPool<byte>.Shared.Rent(frames.Length <= 512 ? 512 : 2 * CopyLimit);
        frames.CopyTo(bytes);
        last = new Frames(bytes, 0, frames.Length, cost, 0, null, IsWhole: false);
        hasLast = true;
    }

    private void FlushLast()
    {
        if (!hasLast)
            return;
        runs.Enqueue(last);
        last = default;
        hasLast = false;
    }

    private void Wake(WorkBatch batch)
    {
        if (!waiting)
            return;
        waiting = false;
        batch.Add(this);
    }

    /// <summary>Moves to the next run; under the gate.</summary>
    private bool TakeRun()
    {
        Release(current);
        current = default;
        position = 0;
        while (runs.TryPeek(out var question) && question.IsQuestion)
        {
            runs.Dequeue();
            credit.Acknowledge(asked.Next());
        }

        if (runs.TryDequeue(out var run))
        {
            current = run;
        }
        else if (hasLast)
        {
            current = last;
            last = default;
            hasLast = false;
        }
        else
        {
            GrantPieces();
            return false;
        }

        position = current.Start;

        // Paid back when it is taken, not when it is done with: whoever reads no further message must not hold up what else the call is sent.
        credit.Return(current.Cost - current.Granted);

        GrantPieces();
        return true;
    }

    /// <summary>When nothing stands before it, a half message must be able to grow beyond the window.</summary>
    private void GrantPieces()
    {
        if (runs.Count > 0 || hasLast || assembledCost == assembledGranted)
            return;
        credit.Return(assembledCost - assembledGranted);
        assembledGranted = assembledCost;
    }

    private void NextInRun()
    {
        if (current.IsWhole)
        {
            message = current.Bytes.AsMemory(0, current.End);
            position = current.End;
            return;
        }

        // The lane has checked these frames: a type, a length and the call's id.
        var frame = current.Bytes.AsSpan(position, current.End - position);
        var size = 1 + Varint.Read(frame[1..], out var body);
        var idSize = Varint.Read(frame[size..], out _);
        message = current.Bytes.AsMemory(position + size + idSize, (int)body - idSize);
        position += size + (int)body;
    }

    private void Release(in Frames run)
    {
        if (run.Bytes is null)
            return;
        if (run.Owner is not null)
            run.Owner.Release();
        else
            ArrayPool<byte>.Shared.Return(run.Bytes);
        if (run.IsWhole)
            lane.ReleaseFromAssembly(run.End);
    }

    private readonly record struct Frames(byte[] Bytes, int Start, int End, int Cost, int Granted, Block? Owner, bool IsWhole)
    {
        /// <summary>Stands where the peer asked for acknowledgement.</summary>
        public static Frames Question => default;

        public bool IsQuestion => Bytes is null;
    }
}
