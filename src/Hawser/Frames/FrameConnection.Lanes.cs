using Hawser.Transports;

namespace Hawser.Frames;

/// <summary>Calls with a lane of their own, on transports that have more than one.</summary>
internal sealed partial class FrameConnection
{
    private long servedOnEndedLanes;

    /// <summary>A lane outlives its call a little, and both sides open them; the calls themselves are counted one by one.</summary>
    private int MaxOwnLanes => Limits.MaxCallsInFlight + Peer.MaxCallsInFlight + 256;

    /// <summary>The call of a lane has been answered: its last bytes go out, and this side of the lane ends.</summary>
    public void OnServedOnOwnLane(FrameLane lane) => _ = lane.Output.CompleteAsync();

    private async ValueTask<ClientCall> StartOnOwnLaneAsync(Method method, CallOptions options)
    {
        FrameLane lane;
        try
        {
            lane = NewLane(await transport.OpenLaneAsync(options.CancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            if (ReleaseSlot())
                StartWaiting();
            if (exception is OperationCanceledException)
                throw;
            throw new RpcException(new Status(StatusCode.Unavailable, $"{exception.Message.TrimEnd('.')}. The call was not run.")) { NotRun = true };
        }

        try
        {
            return StartOn(lane, method, options);
        }
        catch
        {
            lane.Abort((long)StatusCode.Cancelled);
            throw;
        }
        finally
        {
            // Reading is also what finds the end of a lane that never had a call.
            lane.Start();
        }
    }

    private async Task AcceptLanesAsync()
    {
        try
        {
            while (await transport.AcceptLaneAsync(closed.Token).ConfigureAwait(false) is { } accepted)
            {
                bool refused;
                lock (ownLanes)
                {
                    refused = ownLanes.Count >= MaxOwnLanes;
                }

                if (refused)
                    accepted.Abort((long)StatusCode.ResourceExhausted);
                else
                    NewLane(accepted).Start();
            }
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The connection has ended. Its first lane may still be carrying the last words.
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Abort(exception.Message);
        }
    }

    private FrameLane NewLane(Lane lane)
    {
        var frames = new FrameLane(this, lane, isShared: false);
        frames.SetWindows(Limits, Peer);
        lock (ownLanes)
        {
            ownLanes.Add(frames);
        }

        if (!IsOpen)
            frames.Abort((long)StatusCode.Unavailable);
        return frames;
    }

    private void OnOwnLaneEnded(FrameLane lane, Exception? exception)
    {
        if (exception is ProtocolViolationException)
        {
            Log.ProtocolViolation(settings.Logger, RemoteAddress, exception.Message);
            lane.Abort((long)StatusCode.Internal);
        }

        var reason = exception switch
        {
            // A side whose connection has ended gives all its lanes up, and that may be the first that the other hears of it.
            LaneAbortedException { Code: (long)StatusCode.Unavailable } =>
                new Status(StatusCode.Unavailable, $"The connection to {RemoteAddress} was lost: the peer gave it up. The call may have run."),
            LaneAbortedException aborted => new Status(
                Status.CodeFromNumber((ulong)aborted.Code) is var code && code == StatusCode.Ok ? StatusCode.Cancelled : code,
                "The peer gave the call up."),
            _ when !IsOpen => new Status(StatusCode.Unavailable, $"The connection to {RemoteAddress} was lost: {EndReason.TrimEnd('.')}. The call may have run."),
            _ => new Status(StatusCode.Unavailable, $"The call's lane of the connection to {RemoteAddress} was lost: {exception?.Message.TrimEnd('.') ?? "it ended before the call did"}. The call may have run."),
        };
        var batch = lane.Output.Dispatcher.RentBatch();
        foreach (var call in lane.RemoveOwnAbove(0))
            call.OnLost(reason, notRun: false, batch);
        // The caller's half may end before the call does, once it has said so.
        if (lane.Serving is { } served && (exception is not null || !IsOpen || !served.IsRequestEnded))
        {
            served.EndAcknowledgements(reason);
            served.OnLost(new Status(StatusCode.Cancelled, reason.Text), notRun: false, batch);
        }

        Forget(lane);

        lane.Output.Dispatcher.AddAndRequest(batch);
        if (exception is not null)
            lane.Output.Close();
    }

    private void AbortOwnLanes()
    {
        FrameLane[] lanes;
        lock (ownLanes)
        {
            lanes = [.. ownLanes];
        }

        foreach (var lane in lanes)
        {
            lane.Abort((long)StatusCode.Unavailable);

            // One that has read its last already has nobody who would tell its handler.
            if (!lane.IsOver || lane.Serving is not { } served)
                continue;
            var batch = lane.Output.Dispatcher.RentBatch();
            served.OnLost(new Status(StatusCode.Cancelled, $"The connection to {RemoteAddress} was lost."), notRun: false, batch);
            lane.Output.Dispatcher.AddAndRequest(batch);
        }
    }

    /// <summary>A lane is done with once it has read its last and its call has been answered.</summary>
    public void Forget(FrameLane lane)
    {
        if (!lane.IsOver || lane.Serving is not null)
            return;
        lock (ownLanes)
        {
            if (ownLanes.Remove(lane))
                servedOnEndedLanes += lane.CallsServed;
            if (answered is not null && !ownLanes.Any(static one => one.HasOwnCalls))
                answered.TrySetResult();
        }
    }

    private long CountServed()
    {
        lock (ownLanes)
        {
            return (first?.CallsServed ?? 0) + servedOnEndedLanes + ownLanes.Sum(static lane => lane.CallsServed);
        }
    }
}
