namespace Hawser.Protobuf;

/// <summary>Writes a type's name as short as the rules of scopes allow without meaning another type.</summary>
internal static class TypeReference
{
    /// <summary>The name of an element as it can be written within a scope.</summary>
    /// <param name="fullName">The element's full name.</param>
    /// <param name="file">The file that refers to it.</param>
    /// <param name="scope">The full name of the innermost message, service or package around the reference.</param>
    internal static string To(string fullName, FileSchema file, string scope)
    {
        var shortened = Shorten(fullName, file, scope);
        return Means(shortened, fullName, file, scope) ? shortened : "." + fullName;
    }

    /// <summary>Of another package the whole name is written: nobody expects <c>protobuf.Any</c> in the package <c>google.api</c>.</summary>
    private static string Shorten(string fullName, FileSchema file, string scope)
    {
        for (var outer = scope; outer.Length > 0 && outer.Length >= file.Package.Length; outer = Outer(outer))
        {
            if (fullName.Length > outer.Length && fullName.StartsWith(outer, StringComparison.Ordinal) && fullName[outer.Length] == '.')
                return fullName[(outer.Length + 1)..];
        }

        return fullName;
    }

    /// <summary>Whoever finds the first part of a name in a scope looks for the rest of it there only.</summary>
    private static bool Means(string name, string fullName, FileSchema file, string scope)
    {
        var first = name.Split('.')[0];
        for (var outer = scope; ; outer = Outer(outer))
        {
            var candidate = Identifiers.Join(outer, first);
            if (file.Schema.FindSymbol(candidate) is not null || file.Schema.IsPackage(candidate))
                return string.Equals(Identifiers.Join(outer, name), fullName, StringComparison.Ordinal);
            if (outer.Length == 0)
                return false;
        }
    }

    private static string Outer(string scope) => scope[..Math.Max(scope.LastIndexOf('.'), 0)];
}
