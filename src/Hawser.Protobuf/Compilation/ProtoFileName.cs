namespace Hawser.Protobuf;

/// <summary>The names that imports use: relative, with slashes, and never a way out of the folder that they are relative to.</summary>
internal static class ProtoFileName
{
    private const int MaxLength = 1024;

    // protoc writes diagnostics as name:line:column, and no file system here has names with the others.
    private static readonly System.Buffers.SearchValues<char> Refused = System.Buffers.SearchValues.Create("\\:*?\"<>|");

    /// <summary>What is wrong with a name, or null.</summary>
    internal static string? Check(string name)
    {
        if (name.Length is 0 or > MaxLength)
            return $"a name has 1 to {MaxLength} characters";
        if (name.AsSpan().ContainsAny(Refused) || name.Any(char.IsControl))
            return "a name has slashes between its parts and none of \\ : * ? \" < > | or control characters";
        if (name[0] is '-' or '@')
            return "a name does not start with - or @";
        foreach (var part in name.Split('/'))
        {
            if (part is "" or "." or "..")
                return "a name is relative, without empty parts, . or ..";
        }

        return null;
    }

    internal static string Checked(string name, string where) =>
        Check(name) is { } wrong ? throw new SchemaException($"'{name}' in {where} cannot be the name of a .proto file: {wrong}.") : name;

    internal static bool IsProto(string name) => name.EndsWith(".proto", StringComparison.OrdinalIgnoreCase);
}
