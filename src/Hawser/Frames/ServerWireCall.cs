using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;

namespace Hawser.Frames;

/// <summary>One call that the peer started: takes its frames, runs its endpoint, sends what that writes.</summary>
/// <remarks>
/// A call with one small message each way uses nothing but this object, which is reused. Streams, octets, deadlines and tokens are made when they are asked for, and
/// a call that handed any of them out is not reused: somebody may still hold it.
/// </remarks>
internal sealed partial class ServerWireCall : WireCall
{
    private const int Unread = 0;
    private const int Read = 1;
    private const int None = 2;

    private readonly FrameServerCall facade;
    private readonly Action onHandlerDone;
    private readonly CancelWork cancelWork;
    private System.Runtime.CompilerServices.ValueTaskAwaiter pending;
    private NewCall call;
    private byte[] inline = new byte[128];
    private int inlineSize;
    private int inlineState;
    private int oneWayCost;
    private CallCredit? received;
    private InboundMessages? messages;
    private InboundOctets? octets;
    private CallOutput? output;
    private OutboundOctets? responseOctets;
    private bool ended;
    private Status? interruption;
    private CancellationTokenSource? cancellation;
    private ITimer? timer;
    private DateTimeOffset? deadline;
    private bool headersSent;
    private long startedAt;
    private Activity? activity;
    private ulong earlyCredit;
    private bool isAbandoned;
    private bool requestEnded;
    private TaskCompletionSource? turn;
    private volatile bool hasBegun;
    private volatile bool outlivesLoss;

    public ServerWireCall(FrameLane lane)
        : base(lane)
    {
        facade = new FrameServerCall(this);
        onHandlerDone = OnHandlerDone;
        cancelWork = new CancelWork(this);
    }

    /// <summary>The next in the lane's list of finished calls.</summary>
    public ServerWireCall? NextFinished { get; set; }

    /// <summary>Whether nobody outside can still hold this call.</summary>
    public bool CanBeReused { get; private set; }

    public NewCall Call => call;

    /// <summary>Whether the call has at most one message each way.</summary>
    public bool IsShort => call.Route.Method is { Request: <= Body.Message, Response: <= Body.Message };

    public DateTimeOffset? Deadline => deadline;

    public ReadOnlySequence<byte> Message => inlineState == Read ? new ReadOnlySequence<byte>(inline, 0, inlineSize) : messages?.Message ?? default;

    public PipeReader RequestOctets => octets ?? throw new InvalidOperationException($"The request of '{call.Route.Method}' has no octets.");

    public PipeWriter ResponseOctets
    {
        get
        {
            if (call.Route.Method.Response < Body.Octets)
                throw new InvalidOperationException($"The response of '{call.Route.Method}' has no octets.");
            MarkEscaped();
            return responseOctets ??= new OutboundOctets(Output);
        }
    }

    private CallOutput Output
    {
        get
        {
            if (output is not null)
                return output;
            MarkEscaped();
            lock (Lane.Output.Gate)
            {
                output = new CallOutput(Lane, Id);
                output.Grant(earlyCredit);
            }

            if (Volatile.Read(ref ended))
                output.Close();
            return output;
        }
    }

    /// <summary>Takes the call as its first frame describes it. The lane's thread only.</summary>
    public void Begin(in NewCall newCall, ReadOnlySpan<byte> message, int cost)
    {
        call = newCall;
        Id = newCall.Id;
        oneWayCost = cost;
        CanBeReused = true;
        hasBegun = false;
        outlivesLoss = false;
        if (newCall.HasMessage)
        {
            if (inline.Length < message.Length)
                inline = new byte[Math.Max(message.Length, 2 * inline.Length)];
            message.CopyTo(inline);
            inlineSize = message.Length;
            inlineState = Unread;
        }
        else
        {
            inlineState = None;
        }

        requestEnded = newCall.IsEnd;
        if (!newCall.IsEnd)
            BeginStreams();
        if (newCall.TimeoutMicroseconds > 0)
            BeginDeadline();
        startedAt = Lane.Connection.Telemetry.CallStarting();
    }

    public override void Run()
    {
        hasBegun = true;

        // A call that was given up before it began is not begun.
        if (interruption is not null && !outlivesLoss)
        {
            Done();
            return;
        }

        activity = Tracing.StartServer(call.Route.Method, Tracing.HawserSystem, Lane.Connection.RemoteAddress, call.Metadata);
        try
        {
            var awaiter = Invoke().GetAwaiter();
            if (!awaiter.IsCompleted)
            {
                pending = awaiter;
                awaiter.UnsafeOnCompleted(onHandlerDone);
                return;
            }

            awaiter.GetResult();
        }
        catch (Exception exception)
        {
            Failed(exception);
            return;
        }

        Done();
    }

    /// <summary>Runs the call and tells when it is over, for a context in which one call waits for the other.</summary>
    public ValueTask RunInTurnAsync()
    {
        var over = turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Run();
        return new ValueTask(over.Task);
    }

    private ValueTask Invoke()
    {
        var route = call.Route;
        if (activity is null)
            return route.Handler is { } handler ? handler(facade) : route.Endpoint!.InvokeAsync(facade);
        try
        {
            return route.Handler is { } handler ? handler(facade) : route.Endpoint!.InvokeAsync(facade);
        }
        finally
        {
            // The handler goes on within its span; this thread goes on with other calls.
            Activity.Current = null;
        }
    }

    /// <summary>Something of this call has been handed out that may outlive it.</summary>
    public void MarkEscaped() => CanBeReused = false;

    public ValueTask<bool> ReadAsync()
    {
        if (inlineState == Unread)
        {
            inlineState = Read;
            return new ValueTask<bool>(result: true);
        }

        inlineState = None;
        if (messages is not null)
            return messages.ReadAsync();
        if (!outlivesLoss)
            ThrowIfInterrupted();
        return new ValueTask<bool>(result: false);
    }

    public ValueTask WriteHeadersAsync(Metadata headers)
    {
        if (headersSent)
            throw new InvalidOperationException("The response headers have been sent already.");
        headersSent = true;
        var size = MetadataBlock.SizeOf(headers);
        var limit = Math.Min(Lane.Connection.Peer.MaxMetadataSize, FrameLimits.MaxBody / 2);
        if (size > limit)
            throw new RpcException(StatusCode.ResourceExhausted, $"The response headers take {size} bytes; at most {limit} are allowed (ConnectionLimits.MaxMetadataSize of the receiver).");
        lock (Lane.Output.Gate)
        {
            ThrowIfInterrupted();
            var span = Lane.Output.GetSpan(5 + Varint.MaxSize + size);
            var at = 5 + Varint.Write(span[5..], Id);
            at += MetadataBlock.Write(span[at..], headers);
            span[0] = (byte)FrameType.Headers;
            Varint.WriteFixed4(span[1..], (uint)(at - 5));
            Lane.Output.Advance(at);
        }

        Lane.Output.FlushSoon(Lane.IsQuiet);
        return default;
    }

    public ValueTask WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags)
    {
        ThrowIfTooLarge(message);
        var write = Output.WriteAsync(message, flags);
        if (!write.IsCompletedSuccessfully)
            return AwaitWriteAsync(write);
        if (!write.Result)
            throw Interruption();
        return default;
    }

    /// <summary>Whether the call has been answered, although its handler may go on.</summary>
    public bool HasEnded => Volatile.Read(ref ended);

    public ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken)
    {
        if (call.Route.Method.Response < Body.Stream)
            throw AcknowledgedByReply.Of(call.Route.Method, "response");
        return responseOctets is null ? Output.AcknowledgeAsync(cancellationToken) : responseOctets.AcknowledgeAsync(cancellationToken);
    }

    public ValueTask FinishAsync(ReadOnlySequence<byte> message)
    {
        ThrowIfTooLarge(message);
        if (message.Length > FrameLimits.MaxFreeMessage || output is not null || call.Route.Method.IsOneWay)
            return FinishLargeAsync(message);
        lock (Lane.Output.Gate)
        {
            if (ended)
                return default;
            ended = true;
            Lane.Connection.OnPeerCallEnded(isOneWay: false);
            var body = Varint.SizeOf(Id) + (int)message.Length;
            var span = Lane.Output.GetSpan(FrameLimits.MaxHeader + body);
            span[0] = (byte)FrameType.Message | (byte)FrameFlags.End;
            var size = 1 + Varint.Write(span[1..], (ulong)body);
            size += Varint.Write(span[size..], Id);
            message.CopyTo(span[size..]);
            Lane.Output.Advance(size + (int)message.Length);
        }

        Ended(Status.Ok);
        return default;
    }

    public ValueTask FinishAsync(Status status, Metadata? trailers)
    {
        if (output is null)
        {
            Finish(status, trailers ?? Metadata.Empty);
            return default;
        }

        return FlushThenFinishAsync(status, trailers ?? Metadata.Empty);
    }

    public CancellationToken GetCancellationToken()
    {
        MarkEscaped();
        lock (cancelWork)
        {
            if (cancellation is null)
            {
                cancellation = new CancellationTokenSource();
                if (interruption is not null)
                    cancellation.Cancel();
            }

            return cancellation.Token;
        }
    }

    private async ValueTask AwaitWriteAsync(ValueTask<bool> write)
    {
        if (!await write.ConfigureAwait(false))
            throw Interruption();
    }

    private async ValueTask FinishLargeAsync(ReadOnlySequence<byte> message)
    {
        if (!call.Route.Method.IsOneWay && !await Output.WriteAsync(message, WriteFlags.None).ConfigureAwait(false))
            return;
        Finish(Status.Ok, Metadata.Empty);
    }

    private async ValueTask FlushThenFinishAsync(Status status, Metadata trailers)
    {
        if (responseOctets is not null)
            await responseOctets.FlushAsync().ConfigureAwait(false);
        await output!.FlushAsync().ConfigureAwait(false);
        Finish(status, trailers);
    }

    private void Finish(Status status, Metadata trailers, bool isHandlerRunning = false)
    {
        lock (Lane.Output.Gate)
        {
            if (ended)
                return;
            ended = true;
            if (isHandlerRunning)
                Abandon();
            Lane.Connection.OnPeerCallEnded(call.Route.Method.IsOneWay);
            if (!call.Route.Method.IsOneWay)
                Lane.AppendFinish(Id, status, trailers);
        }

        Ended(status);
    }

    private void Ended(Status status)
    {
        Lane.Connection.Telemetry.ServerCallEnded(call.Route.Method, status, startedAt);
        Tracing.End(activity, Tracing.HawserSystem, status);
        activity = null;
        Lane.Output.FlushSoon(Lane.IsQuiet);
        if (!Lane.IsShared)
            Lane.Connection.OnServedOnOwnLane(Lane);
    }

    private void ThrowIfTooLarge(in ReadOnlySequence<byte> message)
    {
        if (message.Length > Lane.Connection.Peer.MaxMessageSize)
            throw new RpcException(Lane.Connection.MessageTooLarge(call.Route.Method, message.Length));
    }

    private RpcException Interruption() =>
        new(interruption ?? new Status(StatusCode.FailedPrecondition, $"The call of '{call.Route.Method}' has been finished; nothing more can be written."));

    private void ThrowIfInterrupted()
    {
        if (interruption is not null)
            throw Interruption();
    }

    private void OnHandlerDone()
    {
        var awaiter = pending;
        pending = default;
        try
        {
            awaiter.GetResult();
        }
        catch (Exception exception)
        {
            Failed(exception);
            return;
        }

        Done();
    }

    private void Failed(Exception exception)
    {
        if (interruption is not null && exception is OperationCanceledException or RpcException { Code: StatusCode.Cancelled })
        {
            Done();
            return;
        }

        var status = CallFailure.ToStatus(exception, Lane.Connection.ExposeExceptionDetails, call.Route.Method);
        Lane.Connection.OnHandlerFailed(call.Route.Method, status, exception);
        var finish = FinishAsync(status, (exception as RpcException)?.Trailers);
        if (finish.IsCompleted)
            Done();
        else
            finish.GetAwaiter().UnsafeOnCompleted(Done);
    }

    private void Done()
    {
        if (!Volatile.Read(ref ended))
        {
            Finish(
                call.Route.Method.IsOneWay ? Status.Ok : new Status(StatusCode.Internal, $"The endpoint of '{call.Route.Method}' returned without finishing the call."),
                Metadata.Empty);
        }

        timer?.Dispose();
        timer = null;
        if (isAbandoned)
            Lane.Connection.OnAbandonedHandlerEnded();
        messages?.Discard();
        octets?.Complete();
        output?.Close();
        output?.EndAcknowledgements(interruption ?? Status.Ok);
        output?.Release();
        responseOctets?.Release();
        received?.Close();
        if (oneWayCost > 0)
            Lane.ReturnLaneCredit(oneWayCost);

        // Once it has been given back, the object may serve another call.
        var over = turn;
        turn = null;
        Lane.Finished(this);
        over?.TrySetResult();
    }

    private sealed class CancelWork(ServerWireCall call) : WorkItem
    {
        public override void Run()
        {
            try
            {
                call.cancellation!.Cancel();
            }
            catch (AggregateException exception)
            {
                call.Lane.Connection.OnHandlerFailed(call.call.Route.Method, new Status(StatusCode.Unknown, "A callback of the call's cancellation failed."), exception);
            }
        }
    }
}
