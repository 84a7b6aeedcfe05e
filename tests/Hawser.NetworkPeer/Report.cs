namespace Hawser.NetworkPeer;

/// <summary>What a client has seen.</summary>
/// <param name="Answered">Calls that were answered.</param>
/// <param name="NotRun">Calls that ended with the promise that they were not run.</param>
/// <param name="MayHaveRun">Calls that ended without that promise.</param>
/// <param name="Surprises">Failures of calls other than those a bad network excuses.</param>
/// <param name="Numbers">Numbers that came.</param>
/// <param name="Gaps">Numbers that did not follow the one before, within a stream.</param>
/// <param name="Breaks">Connections that were lost.</param>
/// <param name="LastFailure">What ended the last of them.</param>
/// <param name="FastestMilliseconds">What the fastest call took.</param>
/// <param name="Audit">The server's view, at the end.</param>
internal sealed record Report(
    int Answered,
    int NotRun,
    int MayHaveRun,
    IReadOnlyList<string> Surprises,
    long Numbers,
    int Gaps,
    int Breaks,
    string? LastFailure,
    double FastestMilliseconds,
    Audit? Audit);
