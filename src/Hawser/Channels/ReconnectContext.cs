namespace Hawser;

/// <summary>What is known when the delay before the next attempt to connect is chosen.</summary>
/// <param name="Failures">How many attempts have failed, or connections been lost before they were stable, one after another; 0 when a stable connection was lost.</param>
/// <param name="Reason">What went wrong last.</param>
/// <param name="Delay">The delay that exponential backoff with full jitter proposes.</param>
public readonly record struct ReconnectContext(int Failures, Status Reason, TimeSpan Delay);
