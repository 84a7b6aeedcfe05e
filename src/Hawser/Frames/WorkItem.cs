namespace Hawser.Frames;

/// <summary>Something that may run user code: a handler's start, a caller's continuation. In at most one queue at a time.</summary>
internal abstract class WorkItem
{
    /// <summary>Does the work. Must not throw.</summary>
    public abstract void Run();
}
