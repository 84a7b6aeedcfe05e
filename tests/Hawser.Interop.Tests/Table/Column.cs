using Hawser.Interop.Tests.Runs;

namespace Hawser.Interop.Tests.Table;

/// <summary>One run as a column of the table.</summary>
internal sealed record Column(string Heading, IReadOnlyDictionary<string, Outcome> Outcomes);
