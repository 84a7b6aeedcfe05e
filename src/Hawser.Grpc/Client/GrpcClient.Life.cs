namespace Hawser.Grpc.Client;

/// <summary>What a channel asks of its client beside calls. HTTP makes the connections, when a call wants one.</summary>
internal sealed partial class GrpcClient
{
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isDraining;

    internal override bool IsReady => Connector.IsReady;

    /// <summary>Whether no call begins any more.</summary>
    internal bool IsLeaving => isDraining || Connector.IsDisposed;

    internal override IReadOnlyList<AddressHealth> Addresses => [new(Peer, Status.State, Status.Reason, CallsInFlight)];

    internal override void Reset()
    {
        Connector.Reset();
        ConnectNow();
    }

    internal override void NetworkChanged()
    {
        var isBackingOff = Status.State == ChannelState.BackingOff;
        Connector.NetworkChanged();
        if (isBackingOff)
            ConnectNow();
    }

    internal override Task DrainAsync()
    {
        isDraining = true;
        Status.Enter(ChannelState.Draining);
        EndDrainIfIdle();
        return drained.Task;
    }

    public override async ValueTask DisposeAsync()
    {
        Connector.Dispose();
        Http.Dispose();
        await Connector.Told.ConfigureAwait(false);
        Status.Enter(ChannelState.Closed);
    }

    /// <summary>Connects without a call that wants it; the state tells how it ended.</summary>
    private void ConnectNow()
    {
        if (!IsLeaving)
            _ = opener.OpenAsync(CancellationToken.None).ContinueWith(static attempt => attempt.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private void EndDrainIfIdle()
    {
        if (CallsInFlight == 0)
            drained.TrySetResult();
    }
}
