using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Hawser;

/// <summary>The end of one unary call, as the task that its caller awaits. Rented for each call; goes back to the pool once it has been awaited.</summary>
/// <typeparam name="TReply">The reply's type.</typeparam>
/// <remarks>Continuations run on the thread that completes the call: a wire completes it where user code may run.</remarks>
internal sealed class UnaryReply<TReply> : UnaryReply, IValueTaskSource<TReply>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<TReply> core;
    private ReplyDecoder<TReply> target = null!;
    private StrongBox<CallOptions>? options;

    private UnaryReply()
    {
    }

    internal override bool WantsMetadata => options?.Value.Result is not null;

    /// <summary>The task, taken before the call is started: afterwards the object may already serve another one.</summary>
    internal Pending Started => new(this, core.Version);

    /// <summary>The next free one in the pool's chain.</summary>
    internal UnaryReply<TReply>? Next { get; set; }

    internal static UnaryReply<TReply> Rent(ReplyDecoder<TReply> target, in CallOptions options)
    {
        var reply = UnaryReplyPool<TReply>.TryTake() ?? new UnaryReply<TReply>();
        reply.target = target;

        // Most calls have none, and each call in flight would pay for the room.
        if (!options.IsDefault)
            (reply.options ??= new StrongBox<CallOptions>()).Value = options;
        return reply;
    }

    internal override void Complete(in ReadOnlySequence<byte> message, bool hasMessage, Metadata headers, Metadata trailers)
    {
        options?.Value.Result?.Set(headers, Status.Ok, trailers);
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
        var said = options?.Value ?? default;
        if (Kept.TryAgain(this, target.Method, said, status, ref notRun, trailers))
            return;
        said.Result?.Set(headers, status, trailers);
        core.SetException(ClientFailure.Of(target.Method, status, trailers, notRun, said.CancellationToken));
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
        if (options is not null)
            options.Value = default;
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
