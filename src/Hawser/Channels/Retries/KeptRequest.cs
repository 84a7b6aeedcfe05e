using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>What a unary call keeps, so that it can be tried again. Lives within its reply, which is used again for the next call: nothing is allocated.</summary>
/// <remarks>As small as can be: of half a million calls in flight, the first touch of their memory is what costs.</remarks>
internal struct KeptRequest
{
    /// <summary>The most that is kept of a request, in bytes, unless a policy says otherwise. The same as gRPC's.</summary>
    public const int MaxSize = 64 * 1024;

    private const int MinBuffer = 64;

    /// <summary>Larger buffers are the shared pool's.</summary>
    private const int MaxOwnBuffer = 1024;

    private RetryingClient? client;
    private Rest? rest;
    private Small small;
    private int length;
    private bool hasRequest;

    /// <summary>What most calls do not need; made once for a reply.</summary>
    private Rest More => rest ??= new Rest();

    /// <summary>Notes a call that begins.</summary>
    /// <param name="retrying">Who tries it again.</param>
    /// <param name="timestamp">When it began, if it has a timeout.</param>
    /// <param name="request">The request.</param>
    /// <param name="has">Whether there is one.</param>
    public void Begin(RetryingClient retrying, long timestamp, in ReadOnlySequence<byte> request, bool has)
    {
        client = retrying;
        hasRequest = has;
        if (timestamp != 0)
            More.StartedAt = timestamp;
        Keep(request, MaxSize);
    }

    /// <summary>Notes a call that begins and has a policy.</summary>
    public void Begin(RetryingClient retrying, MethodPlan methodPlan, long timestamp, in ReadOnlySequence<byte> request, bool has)
    {
        client = retrying;
        hasRequest = has;
        More.Plan = methodPlan;
        More.StartedAt = timestamp;
        Keep(request, methodPlan.Policy.Retry?.MaxBufferedSize ?? MaxSize);
    }

    /// <summary>Has the call tried again after a failure, if it may be.</summary>
    /// <param name="reply">The reply that this is of. Not to be touched when it is true: another attempt has it.</param>
    /// <param name="method">The method.</param>
    /// <param name="options">What the caller said.</param>
    /// <param name="status">How the attempt ended.</param>
    /// <param name="notRun">Whether the attempt, and afterwards the call, certainly was not run.</param>
    /// <param name="trailers">What came with the status.</param>
    /// <returns>False when the call has ended.</returns>
    public bool TryAgain(UnaryReply reply, Method method, in CallOptions options, Status status, ref bool notRun, Metadata trailers)
    {
        if (client is not { } retrying || length < 0 || (rest?.Attempts is null && !retrying.MayTryAgain(rest?.Plan, options, status, notRun)))
            return false;
        var known = More.Plan ?? retrying.PlanOf(method);
        var attempts = More.Attempts ??= new CallAttempts(retrying, method, known.Apply(options), More.StartedAt, known);
        var wait = attempts.Failed(status, notRun, trailers);
        notRun = !attempts.MayHaveRun;
        if (wait is not { } time)
            return false;

        // The next attempt's own copy: should it end while it is still being sent, the reply may serve another call.
        byte[] request = length <= Small.Size ? [.. small[..length]] : [.. More.Bytes.AsSpan(0, length)];
        retrying.StartAgain(method, attempts, time, new ReadOnlySequence<byte>(request), hasRequest, reply);
        return true;
    }

    /// <summary>The call has ended well.</summary>
    public readonly void Succeeded() => rest?.Plan?.Throttle.Succeeded();

    /// <summary>Gives back what the next call cannot use.</summary>
    public void Clear()
    {
        client = null;
        rest?.Clear();
    }

    private void Keep(in ReadOnlySequence<byte> request, int most)
    {
        if (request.Length > most)
        {
            length = -1;
            return;
        }

        length = (int)request.Length;
        request.CopyTo(length <= Small.Size ? small : More.BufferOf(length));
    }

    /// <summary>Room for the smallest requests.</summary>
    [InlineArray(Size)]
    private struct Small
    {
        public const int Size = 16;

        private byte first;
    }

    private sealed class Rest
    {
        public MethodPlan? Plan { get; set; }

        public CallAttempts? Attempts { get; set; }

        public long StartedAt { get; set; }

        public byte[]? Bytes { get; private set; }

        public Span<byte> BufferOf(int size)
        {
            if (size > (Bytes?.Length ?? 0))
            {
                Bytes = size > MaxOwnBuffer
                    ? ArrayPool<byte>.Shared.Rent(size)
                    : new byte[Math.Max(MinBuffer, BitOperations.RoundUpToPowerOf2((uint)size))];
            }

            return Bytes;
        }

        public void Clear()
        {
            Plan = null;
            Attempts = null;
            if (Bytes is not { Length: > MaxOwnBuffer } shared)
                return;
            Bytes = null;
            ArrayPool<byte>.Shared.Return(shared);
        }
    }
}
