namespace Hawser.EndToEnd.Documents;

/// <summary>A fenced block of a document.</summary>
/// <param name="Language">What stands behind its opening fence.</param>
/// <param name="LineNumber">The line of its opening fence, from 1.</param>
/// <param name="Lines">What it holds.</param>
internal sealed record FencedBlock(string Language, int LineNumber, IReadOnlyList<string> Lines);
