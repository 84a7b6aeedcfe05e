namespace Hawser.NetworkPeer;

/// <summary>Whether what a client was told of its calls is what happened.</summary>
/// <param name="RunTwice">How many calls were run more than once.</param>
/// <param name="AnsweredButNotRun">How many were answered without having been run.</param>
/// <param name="RunThoughNotRun">How many were run although the client was promised that they were not.</param>
internal sealed record Audit(int RunTwice, int AnsweredButNotRun, int RunThoughNotRun)
{
    public static Audit Of(Ledger ledger, IReadOnlyDictionary<long, int> runs) => new(
        runs.Values.Count(static count => count > 1),
        ledger.Answered.Count(id => !runs.ContainsKey(id)),
        ledger.NotRun.Count(runs.ContainsKey));
}
