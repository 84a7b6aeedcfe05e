namespace Hawser.Frames;

/// <summary>What each side says of itself: with its hello, and later in its place.</summary>
internal sealed partial class FrameConnection
{
    private readonly Lock metadataGate = new();
    private readonly Metadata? metadata;
    private Metadata peerMetadata = Metadata.Empty;
    private Metadata? notChecked;
    private bool isChecking;

    public override Metadata PeerMetadata => Volatile.Read(ref peerMetadata);

    /// <summary>What the peer closed the connection with; null when it did not, or not yet.</summary>
    public Status? ClosedByPeer { get; private set; }

    /// <summary>Puts other metadata in the place of what this side sent with its hello.</summary>
    /// <exception cref="RpcException">The peer does not take it, or not so much, or the connection has ended.</exception>
    public void SendMetadata(Metadata replacement)
    {
        if (!IsOpen)
            throw new RpcException(StatusCode.Unavailable, $"The connection to {RemoteAddress} has ended: {EndReason.TrimEnd('.')}. Its metadata was not sent.");
        if (!Peer.TakesMetadata)
            throw new RpcException(StatusCode.Unimplemented, $"{RemoteAddress} takes the connection's metadata with the hello only: its side of the Hawser wire is older. Connect again to replace it.");
        var size = MetadataBlock.SizeOf(replacement);
        var limit = Math.Min(Peer.MaxMetadataSize, FrameLimits.MaxBody / 2);
        if (size > limit)
            throw new RpcException(StatusCode.ResourceExhausted, $"The connection's metadata takes {size} bytes; {RemoteAddress} takes at most {limit} (ConnectionLimits.MaxMetadataSize).");
        lock (first.Output.Gate)
        {
            first.AppendConnectionMetadata(replacement, size);
        }

        first.Output.FlushSoon(alone: true);
    }

    /// <summary>The peer says anew what it says of itself. The first lane's thread only.</summary>
    public void OnPeerMetadata(Metadata replacement)
    {
        if (settings.MetadataChanged is not { } check)
        {
            Volatile.Write(ref peerMetadata, replacement);
            return;
        }

        lock (metadataGate)
        {
            // However many come while one is being checked, the last counts.
            notChecked = replacement;
            if (isChecking)
                return;
            isChecking = true;
        }

        _ = CheckMetadataAsync(check);
    }

    private async Task CheckMetadataAsync(Func<Connection, Metadata, CancellationToken, ValueTask> check)
    {
        // The lane's thread has other frames to take.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (TakeNotChecked() is { } next)
        {
            try
            {
                await check(this, next, closed.Token).ConfigureAwait(false);
                Volatile.Write(ref peerMetadata, next);
            }
            catch (RpcException refusal)
            {
                await CloseAsync(refusal.Code, refusal.Status.Text).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                if (IsOpen)
                    Log.MetadataCheckFailed(settings.Logger, RemoteAddress, exception);
                await CloseAsync(StatusCode.Unauthenticated, "the connection's new metadata could not be checked").ConfigureAwait(false);
            }
        }
    }

    private Metadata? TakeNotChecked()
    {
        lock (metadataGate)
        {
            var next = IsOpen ? notChecked : null;
            notChecked = null;
            isChecking = next is not null;
            return next;
        }
    }

    /// <summary>Takes the metadata of the peer's hello.</summary>
    /// <returns>Whether it is within this side's limit, which the peer could not know yet; if not, the connection is closed.</returns>
    private bool TakeHelloMetadata()
    {
        var size = MetadataBlock.SizeOf(Peer.Metadata);
        if (size > Limits.MaxMetadataSize)
        {
            _ = CloseAsync(StatusCode.ResourceExhausted, $"the connection's metadata takes {size} bytes; at most {Limits.MaxMetadataSize} are allowed (ConnectionLimits.MaxMetadataSize of the receiver)");
            return false;
        }

        Volatile.Write(ref peerMetadata, Peer.Metadata);
        return true;
    }
}
