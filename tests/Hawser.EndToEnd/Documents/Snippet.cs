using System.Text;
using System.Text.RegularExpressions;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Documents;

/// <summary>A C# snippet of a document: a whole program of top-level statements, with its types at the end.</summary>
/// <param name="Document">The document.</param>
/// <param name="LineNumber">Where it stands there.</param>
/// <param name="Lines">Its source.</param>
/// <param name="Output">What it prints.</param>
internal sealed record Snippet(string Document, int LineNumber, IReadOnlyList<string> Lines, IReadOnlyList<string> Output)
{
    /// <summary>The class that it becomes.</summary>
    public string ClassName => $"{Regex.Replace(Document, "[^A-Za-z]", "", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))}{LineNumber}";

    public static IEnumerable<Snippet> Of(MarkdownDocument document)
    {
        foreach (var (index, block) in document.Blocks.Index())
        {
            if (block.Language != "csharp")
                continue;
            var next = document.Blocks.ElementAtOrDefault(index + 1);
            yield return new Snippet(document.Name, block.LineNumber, block.Lines, next?.Language == "output" ? next.Lines : []);
        }
    }

    /// <summary>A file that holds the snippet as a class, whose types are nested in it: snippets may use the same names.</summary>
    public string ToSourceFile()
    {
        var usings = Lines.TakeWhile(line => line.Length == 0 || line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=')).ToArray();
        var statements = Lines.Skip(usings.Length).TakeWhile(line => !IsType(line)).ToArray();
        var types = Lines.Skip(usings.Length + statements.Length);
        var source = new StringBuilder();
        source.AppendJoin('\n', usings).Append('\n');
        source.Append($"public static class {ClassName}\n{{\npublic static async Task RunAsync()\n{{\n");
        source.Append($"#line {LineNumber + usings.Length + 1} \"{Document}\"\n");
        source.AppendJoin('\n', statements.Select(OnFreePort)).Append("\n}\n");
        source.Append($"#line {LineNumber + usings.Length + statements.Length + 1} \"{Document}\"\n");
        source.AppendJoin('\n', types).Append("\n}\n");
        return source.ToString();

        string OnFreePort(string line) => line.Replace(":4773", $":{Port}", StringComparison.Ordinal);
    }

    private int Port { get; } = FreePort.Find();

    private static bool IsType(string line) =>
        Regex.IsMatch(line, @"^(\[Rpc|(public |internal |sealed |static )*(record|class|interface|struct|enum) )", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
}
