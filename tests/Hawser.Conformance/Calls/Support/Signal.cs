namespace Hawser.Conformance.Calls;

/// <summary>Something that happens once and that others wait for.</summary>
public sealed class Signal
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Fired => _source.Task;

    public bool HasFired => _source.Task.IsCompleted;

    public void Fire() => _source.TrySetResult();
}
