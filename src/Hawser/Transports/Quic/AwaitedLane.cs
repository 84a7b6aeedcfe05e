namespace Hawser.Transports;

/// <summary>A lane that the peer opens, for those who want to use it before it has come.</summary>
internal sealed class AwaitedLane : Lane
{
    private readonly TaskCompletionSource<Lane> coming = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Lane? lane;

    public override CancellationToken PeerAborted => lane?.PeerAborted ?? CancellationToken.None;

    /// <summary>The lane has come.</summary>
    public void SetLane(Lane come)
    {
        lane = come;
        if (!coming.TrySetResult(come))
            come.Abort(0);
    }

    /// <summary>It will not come.</summary>
    public void Fail(IOException exception)
    {
        if (coming.TrySetException(exception))
            _ = coming.Task.Exception;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => lane is { } come ? come.ReadAsync(buffer) : ReadLaterAsync(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => lane is { } come ? come.WriteAsync(bytes) : WriteLaterAsync(bytes);

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers) => lane is { } come ? come.WriteAsync(buffers) : WriteLaterAsync(buffers);

    public override ValueTask CompleteWritesAsync() => lane is { } come ? come.CompleteWritesAsync() : CompleteLaterAsync();

    public override void Abort(long code)
    {
        Fail(new IOException("The lane was aborted by this side before the peer had opened it."));
        lane?.Abort(code);
    }

    private async ValueTask<int> ReadLaterAsync(Memory<byte> buffer) =>
        await (await coming.Task.ConfigureAwait(false)).ReadAsync(buffer).ConfigureAwait(false);

    private async ValueTask WriteLaterAsync(ReadOnlyMemory<byte> bytes) =>
        await (await coming.Task.ConfigureAwait(false)).WriteAsync(bytes).ConfigureAwait(false);

    private async ValueTask WriteLaterAsync(IList<ArraySegment<byte>> buffers) =>
        await (await coming.Task.ConfigureAwait(false)).WriteAsync(buffers).ConfigureAwait(false);

    private async ValueTask CompleteLaterAsync() =>
        await (await coming.Task.ConfigureAwait(false)).CompleteWritesAsync().ConfigureAwait(false);
}
