namespace Hawser.NetworkPeer;

/// <summary>What a client was told of its calls.</summary>
/// <param name="Answered">The ids of those that were answered.</param>
/// <param name="NotRun">The ids of those that ended with the promise that they were not run.</param>
internal sealed record Ledger(IReadOnlyList<long> Answered, IReadOnlyList<long> NotRun);
