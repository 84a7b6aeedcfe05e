using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Documents;

/// <summary>A document of the project, as far as tests read it: its fenced blocks and its links.</summary>
internal sealed class MarkdownDocument
{
    private const string Fence = "```";

    private MarkdownDocument(string name, string[] lines)
    {
        Name = name;
        Lines = lines;
        Blocks = [.. ReadBlocks(lines)];
    }

    /// <summary>All documents of the project.</summary>
    public static IReadOnlyList<MarkdownDocument> All { get; } =
    [
        .. new[] { "README.md", "bench/README.md", "samples/quickstart/README.md" }
            .Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => Path.GetRelativePath(Repository.Root, file)))
            .Select(name => new MarkdownDocument(name, File.ReadAllLines(Repository.PathOf(name)))),
    ];

    /// <summary>The path from the root of the checkout.</summary>
    public string Name { get; }

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<FencedBlock> Blocks { get; }

    public static MarkdownDocument Find(string name) => All.Single(document => document.Name == name);

    private static IEnumerable<FencedBlock> ReadBlocks(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            var end = Array.IndexOf(lines, Fence, i + 1);
            yield return new FencedBlock(lines[i][Fence.Length..], i + 1, lines[(i + 1)..end]);
            i = end;
        }
    }
}
