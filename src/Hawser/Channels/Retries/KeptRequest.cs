using System.Buffers;
using System.Numerics;

namespace Hawser;

/// <summary>What a unary call keeps, so that it can be tried again. Lives within its reply, whose small buffer is used again for the next call: nothing is allocated.</summary>
internal struct KeptRequest
{
    /// <summary>The most that is kept of a request, in bytes, unless a policy says otherwise. The same as gRPC's.</summary>
    public const int MaxSize = 64 * 1024;

    private const int MinBuffer = 64;

    /// <summary>Larger buffers are the shared pool's.</summary>
    private const int MaxOwnBuffer = 1024;

    private RetryingClient? client;
    private MethodPlan? plan;
    private CallAttempts? attempts;
    private byte[]? bytes;
    private int length;
    private bool hasRequest;
    private long startedAt;

    /// <summary>Notes a call that begins.</summary>
    public void Begin(RetryingClient retrying, long timestamp, in ReadOnlySequence<byte> request, bool has)
    {
        client = retrying;
        startedAt = timestamp;
        hasRequest = has;
        if (request.IsSingleSegment && bytes is { } own && request.FirstSpan.Length <= own.Length)
        {
            request.FirstSpan.CopyTo(own);
            length = request.FirstSpan.Length;
        }
        else
        {
            KeepMore(request, MaxSize);
        }
    }

    /// <summary>Notes a call that begins and has a policy.</summary>
    public void Begin(RetryingClient retrying, MethodPlan methodPlan, long timestamp, in ReadOnlySequence<byte> request, bool has)
    {
        client = retrying;
        plan = methodPlan;
        startedAt = timestamp;
        hasRequest = has;
        KeepMore(request, methodPlan.Policy.Retry?.MaxBufferedSize ?? MaxSize);
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
        if (client is not { } retrying || length < 0 || (attempts is null && !retrying.MayTryAgain(plan, options, status, notRun)))
            return false;
        var known = plan ?? retrying.PlanOf(method);
        attempts ??= new CallAttempts(retrying, method, known.Apply(options), startedAt, known);
        var wait = attempts.Failed(status, notRun, trailers);
        notRun = !attempts.MayHaveRun;
        if (wait is not { } time)
            return false;

        // The next attempt's own copy: should it end while it is still being sent, the reply may serve another call.
        var request = bytes is null ? default : new ReadOnlySequence<byte>(bytes.AsSpan(0, length).ToArray());
        retrying.StartAgain(method, attempts, time, request, hasRequest, reply);
        return true;
    }

    /// <summary>The call has ended well.</summary>
    public readonly void Succeeded() => plan?.Throttle.Succeeded();

    /// <summary>Gives back what the next call cannot use.</summary>
    public void Clear()
    {
        client = null;
        plan = null;
        attempts = null;
        if (bytes is not { Length: > MaxOwnBuffer } shared)
            return;
        bytes = null;
        ArrayPool<byte>.Shared.Return(shared);
    }

    private void KeepMore(in ReadOnlySequence<byte> request, int most)
    {
        length = -1;
        if (request.Length > most)
            return;
        var size = (int)request.Length;
        if (size > (bytes?.Length ?? 0))
        {
            bytes = size > MaxOwnBuffer
                ? ArrayPool<byte>.Shared.Rent(size)
                : new byte[Math.Max(MinBuffer, BitOperations.RoundUpToPowerOf2((uint)size))];
        }

        request.CopyTo(bytes);
        length = size;
    }
}
