namespace Hawser.Interop.Tests.Runs;

/// <summary>How a case went.</summary>
/// <param name="Verdict">How far it came.</param>
/// <param name="Reason">Why not further; null when it passed.</param>
internal sealed record Outcome(Verdict Verdict, string? Reason = null);

internal enum Verdict
{
    /// <summary>All that the case asks for was seen.</summary>
    Passed,

    /// <summary>All was seen that the foreign library can do or show, and nothing was wrong.</summary>
    Partly,

    /// <summary>The foreign library cannot do what the case asks for.</summary>
    NotPossible,

    Failed,
}
