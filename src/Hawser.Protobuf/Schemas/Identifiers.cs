namespace Hawser.Protobuf;

/// <summary>The names of elements: how they are joined, checked, and written in JSON.</summary>
internal static class Identifiers
{
    internal static string Join(string scope, string name) => scope.Length == 0 ? name : $"{scope}.{name}";

    internal static void Check(string name, string file)
    {
        var valid = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (var c in name)
            valid &= char.IsAsciiLetterOrDigit(c) || c == '_';
        if (!valid)
            throw new SchemaException($"{file}: '{name}' is not a name; a name has letters, digits and underscores and does not start with a digit.");
    }

    internal static void CheckPackage(string package, string file)
    {
        if (package.Length == 0)
            return;
        foreach (var part in package.Split('.'))
            Check(part, file);
    }

    /// <summary>lowerCamelCase as protoc makes it: underscores go, and the letter after each becomes a capital.</summary>
    internal static string ToJsonName(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return name;
        var text = new System.Text.StringBuilder(name.Length);
        var capital = false;
        foreach (var c in name)
        {
            if (c == '_')
            {
                capital = true;
                continue;
            }

            text.Append(capital ? char.ToUpperInvariant(c) : c);
            capital = false;
        }

        return text.ToString();
    }
}
