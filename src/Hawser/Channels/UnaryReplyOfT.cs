using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Hawser;

/// <summary>The end of one unary call, as the task that its caller awaits. Rented for each call; goes back to the pool once it has been awaited.</summary>
/// <typeparam name="TReply">The reply's type.</typeparam>
/// <remarks>Continuations run on the thread that completes the call: a wire completes it where user code may run.</remarks>
internal sealed class UnaryReply<TReply> : UnaryReply, IValueTaskSource<TReply>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TReply> core;
    private ReplyDecoder<TReply> target = null!;
    private CallOptions options;

    private UnaryReply()
    {
    }

    internal override bool WantsMetadata => options.Result is not null;

    /// <summary>The task, taken before the call is started: afterwards the object may already serve another one.</summary>
    internal Pending Started => new(this, core.Version);

    /// <summary>The next free one in the pool's chain.</summary>
    internal UnaryReply<TReply>? Next { get; set; }

    internal static UnaryReply<TReply> Rent(ReplyDecoder<TReply> target, in CallOptions options)
    {
        var reply = UnaryReplyPool<TReply>.TryTake() ?? new UnaryReply<TReply>();
        reply.target = target;
        reply.options = options;
        return reply;
    }

    internal override void Complete(in ReadOnlySequence<byte> message, bool hasMessage, Metadata headers, Metadata trailers)
    {
        options.Result?.Set(headers, Status.Ok, trailers);
        Kept.Succeeded();
        TReply reply;
        try
        {
            reply = Decode(message, hasMessage);
        }
        catch (Exception failure)
        {
            core.SetException(failure);
            return;
        }

        // Nothing may be touched after this: the caller goes on at once, and the object may serve another call.
        core.SetResult(reply);
    }

    internal override void Fail(Status status, bool notRun, Metadata headers, Metadata trailers)
    {
        if (Kept.TryAgain(this, target.Method, options, status, ref notRun, trailers))
            return;
        options.Result?.Set(headers, status, trailers);
        core.SetException(ClientFailure.Of(target.Method, status, trailers, notRun, options.CancellationToken));
    }

    TReply IValueTaskSource<TReply>.GetResult(short token)
    {
        // A wrong token throws here, before anything is given back.
        var status = core.GetStatus(token);
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            if (status != ValueTaskSourceStatus.Pending)
                Return();
        }
    }

    void IValueTaskSource.GetResult(short token) => ((IValueTaskSource<TReply>)this).GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TReply>.GetStatus(short token) => core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource<TReply>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);

    private TReply Decode(in ReadOnlySequence<byte> message, bool hasMessage)
    {
        if (typeof(TReply) == typeof(Empty))
            return default!;
        if (!hasMessage)
            throw ClientFailure.MissingReply(target.Method, typeof(TReply));
        return target.Decode(message);
    }

    private void Return()
    {
        core.Reset();
        options = default;
        Kept.Clear();
        UnaryReplyPool<TReply>.Put(this);
    }

    /// <summary>The two faces of the task.</summary>
    internal readonly struct Pending(UnaryReply<TReply> source, short version)
    {
        internal ValueTask<TReply> Reply => new(source, version);

        internal ValueTask End => new(source, version);
    }
}
