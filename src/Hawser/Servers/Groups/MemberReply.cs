namespace Hawser;

/// <summary>What one member of a group answered.</summary>
/// <typeparam name="TReply">The reply's type.</typeparam>
/// <param name="Connection">The member.</param>
/// <param name="Status">How its call ended; <see cref="StatusCode.DeadlineExceeded"/> for one that did not answer in time.</param>
/// <param name="Reply">The reply; of use when the status is <see cref="StatusCode.Ok"/> only.</param>
public sealed record MemberReply<TReply>(Connection Connection, Status Status, TReply? Reply);
