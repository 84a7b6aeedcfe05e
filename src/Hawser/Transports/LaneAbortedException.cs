namespace Hawser.Transports;

/// <summary>The peer aborted a lane.</summary>
/// <param name="code">The code that the peer gave, where the transport can carry one.</param>
public sealed class LaneAbortedException(long code) : IOException($"The peer aborted the lane with code {code}.")
{
    /// <summary>The code that the peer gave; 0 where the transport cannot carry one.</summary>
    public long Code { get; } = code;
}
