namespace Hawser;

/// <summary>Finds what a misspelt name may have meant.</summary>
internal static class ReflectionSuggestions
{
    // A peer chooses the name: comparing costs its length times that of every name there is.
    private const int MaxCompared = 128;

    /// <summary>Names that contain the wanted one or are few edits away from it, the nearest first.</summary>
    internal static IReadOnlyList<string> Of(string wanted, IEnumerable<string> names, int count)
    {
        var start = wanted[..Math.Min(wanted.Length, MaxCompared)];
        return [.. names
            .Select(name => (Name: name, Distance: Distance(start, name[..Math.Min(name.Length, MaxCompared)])))
            .Where(candidate => candidate.Distance <= Math.Max(2, start.Length / 3))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(count)
            .Select(candidate => candidate.Name)];
    }

    /// <summary>Levenshtein's distance, case ignored; a name that contains the wanted one is one edit away.</summary>
    private static int Distance(string wanted, string name)
    {
        if (name.Contains(wanted, StringComparison.OrdinalIgnoreCase))
            return 1;
        Span<int> row = stackalloc int[MaxCompared + 1];
        for (var j = 0; j <= name.Length; j++)
            row[j] = j;
        for (var i = 1; i <= wanted.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= name.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(wanted[i - 1]) == char.ToUpperInvariant(name[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[name.Length];
    }
}
