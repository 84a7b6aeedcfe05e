namespace Hawser.Protobuf;

/// <summary>
/// Finds which folders of a tree imports are relative to: people zip a repository whose <c>.proto</c> files lie in <c>proto/</c> or <c>third_party/</c>.
/// The tree's own root is always one; further ones are taken, those first from which the most missing imports are found.
/// </summary>
internal static class ImportRoots
{
    /// <summary>Finds the roots.</summary>
    /// <param name="texts">The texts by path within the tree.</param>
    /// <returns>Folders with a slash at their end, or an empty text for the tree itself; the longest first.</returns>
    internal static List<string> Find(IReadOnlyDictionary<string, byte[]> texts)
    {
        var roots = new List<string> { "" };
        var missing = texts.Values.SelectMany(text => ImportScanner.Scan(text)).ToHashSet(StringComparer.Ordinal);
        missing.RemoveWhere(texts.ContainsKey);
        var places = Places(texts.Keys, missing);
        while (places.Count > 0)
        {
            var best = places.MaxBy(place => (place.Value.Count, -place.Key.Length));
            var found = best.Value.ToList();
            roots.Add(best.Key);
            foreach (var (root, imports) in places.ToList())
            {
                imports.ExceptWith(found);
                if (imports.Count == 0)
                    places.Remove(root);
            }
        }

        return [.. roots.OrderByDescending(root => root.Length)];
    }

    /// <summary>The name by which imports find a path.</summary>
    internal static string NameOf(string path, List<string> roots) =>
        path[roots.First(root => path.StartsWith(root, StringComparison.Ordinal)).Length..];

    /// <summary>For each folder, which of the missing imports lie in it.</summary>
    private static Dictionary<string, HashSet<string>> Places(IEnumerable<string> paths, HashSet<string> missing)
    {
        var places = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                var import = path[(slash + 1)..];
                if (!missing.Contains(import))
                    continue;
                var root = path[..(slash + 1)];
                if (!places.TryGetValue(root, out var found))
                    places.Add(root, found = new HashSet<string>(StringComparer.Ordinal));
                found.Add(import);
            }
        }

        return places;
    }
}
