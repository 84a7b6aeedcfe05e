using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;
using Microsoft.Extensions.Logging;

namespace Hawser.Frames;

/// <summary>One link that speaks frames: its hello, its life and its end. Its calls are in the other files.</summary>
/// <remarks>States and edges are drawn in <c>docs/states.md</c>.</remarks>
internal sealed partial class FrameConnection : Connection
{
    /// <summary>How long a link may take to send its last bytes when it is closed, and to end after writing has failed.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly TransportConnection transport;
    private readonly ConnectionSettings settings;
    private readonly long madeAt;
    private readonly TaskCompletionSource hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource closed = new();
    private readonly HashSet<FrameLane> ownLanes = [];
    private FrameLane first = null!;
    private int state;
    private string? endReason;
    private TaskCompletionSource? laneEnded;
    private Task? disposal;
    private long assembly;

    public FrameConnection(TransportConnection transport, bool isInitiator, ConnectionSettings settings, Metadata? metadata = null)
        : base(settings.Codec)
    {
        this.transport = transport;
        this.settings = settings;
        this.metadata = metadata;
        pings = new Pings(settings.TimeProvider);
        madeAt = settings.TimeProvider.GetTimestamp();
        IsInitiator = isInitiator;
        HandshakeLimit = settings.Limits.HandshakeTimeout;
        Telemetry = new Telemetry(Tracing.HawserSystem, transport.RemoteAddress, settings.TimeProvider);
    }

    private enum State
    {
        Handshaking = 0,
        Open = 1,
        Ended = 2,
    }

    public override string RemoteAddress => transport.RemoteAddress;

    public override string LocalAddress => transport.LocalAddress;

    public override X509Certificate2? RemoteCertificate => transport.RemoteCertificate;

    public override CancellationToken Closed => closed.Token;

    public string RemoteHost => transport.RemoteHost;

    /// <summary>Whether calls may have lanes of their own.</summary>
    public bool HasManyLanes => transport.HasManyLanes;

    /// <summary>Whether this side made the link.</summary>
    public bool IsInitiator { get; }

    public ConnectionLimits Limits => settings.Limits;

    /// <summary>How long <see cref="OpenAsync(CancellationToken)"/> may take: for whoever connects, what connecting has left of <see cref="ConnectionLimits.HandshakeTimeout"/>.</summary>
    public TimeSpan HandshakeLimit { get; init; }

    /// <summary>What every connection of its server or channel serves, behind this one's own endpoints.</summary>
    public EndpointRegistry SharedEndpoints => settings.Endpoints;

    /// <summary>Whether handlers with at most one message each way run one at a time.</summary>
    public bool RunsHandlersInTurn => settings.SerialHandlers;

    public IReadOnlyList<IServerInterceptor> Interceptors => settings.Interceptors;

    public bool ExposeExceptionDetails => settings.ExposeExceptionDetails;

    public TimeProvider TimeProvider => settings.TimeProvider;

    private protected override TimeProvider Clock => settings.TimeProvider;

    private protected override ILogger Logger => settings.Logger;

    private protected override OutboxOptions OutboxOptions => settings.Outbox;

    public Telemetry Telemetry { get; }

    /// <summary>What the peer announced; the least that the protocol allows until it has.</summary>
    public Hello Peer { get; private set; } = new();

    /// <summary>Whether the hellos have been exchanged.</summary>
    public bool IsOpen => Volatile.Read(ref state) == (int)State.Open;

    /// <summary>Whether new calls can be started.</summary>
    public bool IsUsable => IsOpen && !startsNoCalls;

    /// <summary>Ends when the link has ended and everything that belonged to it has been told so.</summary>
    public Task Ended => ended.Task;

    /// <summary>Why the link ended.</summary>
    public string EndReason => endReason ?? "";

    /// <summary>Whether the peer speaks another version, so that trying again is of no use.</summary>
    public bool IsVersionMismatch { get; private set; }

    /// <summary>Exchanges prefaces and hellos.</summary>
    /// <exception cref="IOException">The peer cannot be spoken to, or took too long; the text says why.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => OpenAsync(decide: null, cancellationToken);

    /// <summary>Exchanges prefaces and hellos, unless this side decides otherwise once it has read the peer's.</summary>
    /// <param name="decide">Accepts the peer or not; its token fires when the handshake takes too long or the link has ended. Null accepts every peer.</param>
    /// <param name="cancellationToken">Gives up. A link whose hellos are exchanged in this moment is open all the same, so that its peer's calls are refused or answered: it is closed as any other.</param>
    /// <returns>What was decided. A peer that is not accepted has not been told yet: <see cref="CloseAsync(StatusCode, string)"/> does.</returns>
    /// <exception cref="IOException">The peer cannot be spoken to, or took too long; the text says why.</exception>
    public async Task<Status> OpenAsync(Func<CancellationToken, ValueTask<Status>>? decide, CancellationToken cancellationToken)
    {
        isDeciding = decide is not null;
        using var timeout = new CancellationTokenSource(HandshakeLimit, TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await transport.HandshakeAsync(either.Token).ConfigureAwait(false);
            first = new FrameLane(this, transport.FirstLane, isShared: true);
            if (decide is null)
            {
                AppendPreface();
                first.Output.Flush();
            }

            first.Start();
            await ReadHelloAsync(either.Token, cancellationToken).ConfigureAwait(false);
            if (decide is not null && await DecideAsync(decide, either.Token).ConfigureAwait(false) is { IsOk: false } refusal)
                return refusal;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{RemoteAddress} did not finish its handshake within {Limits.HandshakeTimeout.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout).");
        }

        StartKeepAlive();
        if (transport.HasManyLanes)
            _ = AcceptLanesAsync();
        return Status.Ok;
    }

    public override ConnectionStatistics GetStatistics() => new(
        Volatile.Read(ref callsStarted),
        CountServed(),
        CallsInFlight,
        first?.Output.BytesSent ?? 0,
        first?.BytesReceived ?? 0,
        pings.RoundTripTime)
    {
        Age = TimeProvider.GetElapsedTime(madeAt),
        NotificationsQueued = CurrentOutbox?.Queued ?? 0,
        NotificationsDropped = CurrentOutbox?.Dropped ?? 0,
    };

    /// <summary>Closes the link: the peer is told why, and every call on it ends with <see cref="StatusCode.Unavailable"/>. Any thread, any number of times.</summary>
    public Task CloseAsync(StatusCode code, string reason)
    {
        lock (closed)
        {
            return disposal ??= CloseCoreAsync(code, reason);
        }
    }

    /// <summary>Ends the link at once, without a word.</summary>
    public void Abort(string reason)
    {
        Interlocked.CompareExchange(ref endReason, reason, null);
        first?.Abort(0);
        _ = CloseAsync(StatusCode.Unavailable, reason);
    }

    public bool TryHoldForAssembly(int size)
    {
        if (Interlocked.Add(ref assembly, size) <= Limits.MaxAssemblySize)
            return true;
        Interlocked.Add(ref assembly, -size);
        return false;
    }

    public void ReleaseFromAssembly(int size) => Interlocked.Add(ref assembly, -size);

    /// <summary>A lane has read its last.</summary>
    public void OnLaneEnded(FrameLane lane, Exception? exception)
    {
        if (!ReferenceEquals(lane, first))
        {
            OnOwnLaneEnded(lane, exception);
            return;
        }

        laneEnded?.TrySetResult();
        var reason = exception switch
        {
            VersionMismatchException => exception.Message,
            ProtocolViolationException => $"the peer broke the protocol: {exception.Message}",
            null => IsOpen ? "the peer closed it" : "the peer closed it before its hello (if it speaks TLS, the address begins with tls://)",
            _ => exception.Message,
        };
        Interlocked.CompareExchange(ref endReason, reason, null);
        if (exception is VersionMismatchException)
            IsVersionMismatch = true;
        if (exception is ProtocolViolationException)
        {
            Log.ProtocolViolation(settings.Logger, RemoteAddress, exception.Message);
            _ = CloseAsync(StatusCode.Internal, exception.Message);
        }
        else if (exception is not (null or IOException or ObjectDisposedException))
        {
            Log.ConnectionFailed(settings.Logger, RemoteAddress, exception);
        }

        if (exception is null && ClosedByPeer is not null && AwaitsAnswers())
        {
            _ = EndAfterAnswersAsync();
            return;
        }

        EndCalls();
        _ = FinishAsync();
    }

    /// <summary>Writing has failed. What the peer has still sent tells better why than the failure does, so reading goes on for a moment.</summary>
    public void OnWriteFailed(FrameLane lane, Exception exception)
    {
        if (ReferenceEquals(lane, first))
            Interlocked.CompareExchange(ref endReason, exception.Message, null);
        _ = AbortSoonAsync(lane);
    }

    private async Task AbortSoonAsync(FrameLane lane)
    {
        try
        {
            await ended.Task.WaitAsync(CloseTimeout, TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lane.Abort(0);
        }
    }

    /// <summary>The peer has said CLOSE, and the end of the lane follows at once: if it does not, nobody waits for it. The first lane's thread only.</summary>
    private async Task AbortUnlessLaneEndsAsync()
    {
        laneEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await laneEnded.Task.WaitAsync(CloseTimeout, TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            first.Abort(0);
        }
    }

    private async Task CloseCoreAsync(StatusCode code, string reason)
    {
        SetEnd(code, reason);
        AbortUnanswered();
        try
        {
            if (first is not null)
                await SayGoodbyeAsync(code, reason).ConfigureAwait(false);
            await transport.CloseAsync((long)code).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            Log.ConnectionFailed(settings.Logger, RemoteAddress, exception);
        }
        finally
        {
            if (first is null)
                EndCalls();
            first?.Output.Close();
            ended.TrySetResult();
        }
    }

    private async Task SayGoodbyeAsync(StatusCode code, string reason)
    {
        if (code == StatusCode.Unavailable && !IsInitiator)
            RefuseWhatFollows(reason);
        AppendClose(code, reason);
        try
        {
            await first.Output.CompleteAsync().WaitAsync(CloseTimeout, TimeProvider).ConfigureAwait(false);
            await ended.Task.WaitAsync(CloseTimeout, TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            first.Abort((long)code);
        }
    }

    /// <summary>After the last byte has been read: frees the link.</summary>
    private async Task FinishAsync()
    {
        ended.TrySetResult();
        await CloseAsync(StatusCode.Unavailable, EndReason).ConfigureAwait(false);
    }

    private void EndCalls()
    {
        var before = (State)Interlocked.Exchange(ref state, (int)State.Ended);
        if (before == State.Ended)
            return;
        var sentence = $"The connection to {RemoteAddress} was lost: {EndReason.TrimEnd('.')}.";
        hello.TrySetException(new IOException(before == State.Handshaking ? Refusal?.Text ?? $"{RemoteAddress} cannot be spoken to: {EndReason.TrimEnd('.')}." : sentence));
        _ = hello.Task.Exception;
        keepAlive?.Dispose();
        pings.End(new Status(StatusCode.Unavailable, sentence));
        if (first is not null)
        {
            var batch = first.Output.Dispatcher.RentBatch();
            EndCallsOf(first, sentence, batch);
            RefuseWaiting(new Status(StatusCode.Unavailable, $"{sentence} The call was not run."));
            first.Output.Dispatcher.AddAndRequest(batch);
        }

        AbortOwnLanes();
        drained.TrySetResult();
        unusable.TrySetResult();
        SignalRoom();
        SignalClosed();
        SignalWhenQuiet();
        if (before == State.Open)
            CountEnd();
        Log.ConnectionEnded(settings.Logger, RemoteAddress, EndReason);
    }

    private void SignalClosed()
    {
        try
        {
            closed.Cancel();
        }
        catch (AggregateException exception)
        {
            Log.ClosedCallbackFailed(settings.Logger, RemoteAddress, exception);
        }
    }

    private void EndCallsOf(FrameLane lane, string sentence, WorkBatch batch)
    {
        var lost = new Status(StatusCode.Unavailable, $"{sentence} The call may have run.");
        foreach (var call in lane.RemoveOwnAbove(0))
            call.OnLost(lost, notRun: false, batch);
        foreach (var call in lane.TakePeerCalls())
            call.OnLost(new Status(StatusCode.Cancelled, sentence), notRun: false, batch);
    }
}
