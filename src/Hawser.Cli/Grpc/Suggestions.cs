namespace Hawser.Cli.Grpc;

/// <summary>Names that a misspelt one may have meant.</summary>
internal static class Suggestions
{
    private const int Most = 3;

    public static IReadOnlyList<string> Nearest(string wanted, IEnumerable<string> names) => ReflectionSuggestions.Of(wanted, names, Most);

    /// <summary>A sentence with a space before it; empty when nothing is near.</summary>
    public static string For(string wanted, IEnumerable<string> names)
    {
        var nearest = Nearest(wanted, names);
        return nearest.Count == 0 ? "" : $" Nearest: {string.Join(", ", nearest.Select(name => $"'{name}'"))}.";
    }
}
