using System.Collections.Immutable;
using Google.Protobuf;

namespace Hawser.Protobuf;

/// <summary>What the printers of one file's elements share.</summary>
internal sealed class PrintContext(FileSchema file)
{
    private readonly OptionText options = new(file);

    internal ProtoLines Lines { get; } = new();

    internal SourceComments Comments => file.Comments;

    internal Edition Edition => file.Edition;

    internal string Reference(string fullName, string scope) => TypeReference.To(fullName, file, scope);

    /// <summary>Options as statements of their own.</summary>
    internal void OptionStatements(IMessage? element, string scope)
    {
        foreach (var option in options.Of(element, scope))
            MultipleLines($"option {option};");
    }

    /// <summary>Options in brackets behind a declaration, which they end.</summary>
    /// <param name="declaration">The declaration so far.</param>
    /// <param name="element">Its options.</param>
    /// <param name="scope">The scope that it stands in.</param>
    /// <param name="first">Options that descriptors keep elsewhere.</param>
    internal void Statement(string declaration, IMessage? element, string scope, params IEnumerable<string> first)
    {
        List<string> all = [.. first, .. options.Of(element, scope)];
        if (all.Count == 0)
            Lines.Line(declaration + ";");
        else if (all.Count == 1 || (declaration.Length + all.Sum(option => option.Length) < 100 && all.TrueForAll(option => !option.Contains('\n', StringComparison.Ordinal))))
            MultipleLines($"{declaration} [{string.Join(", ", all)}];");
        else
            MultipleLines($"{declaration} [\n{string.Join(",\n", all.Select(option => "  " + option.Replace("\n", "\n  ", StringComparison.Ordinal)))}\n];");
    }

    /// <summary>The options of a group stand between its name and its block.</summary>
    internal string InBrackets(IMessage? element, string scope, params IEnumerable<string> first)
    {
        List<string> all = [.. first, .. options.Of(element, scope)];
        return all.Count == 0 ? "" : $" [{string.Join(", ", all)}]";
    }

    internal void Leading(ImmutableArray<int> path) => Lines.Leading(Comments.Find(path));

    internal void Trailing(ImmutableArray<int> path) => Lines.Trailing(Comments.Find(path));

    private void MultipleLines(string text)
    {
        foreach (var line in text.Split('\n'))
            Lines.Line(line);
    }
}
