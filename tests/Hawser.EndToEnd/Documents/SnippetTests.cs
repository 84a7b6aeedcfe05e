namespace Hawser.EndToEnd.Documents;

/// <summary>Every C# snippet of the documents compiles as it stands, runs, and prints what the document shows.</summary>
public sealed class SnippetTests(SnippetProgram program) : IClassFixture<SnippetProgram>
{
    public static TheoryData<string, int> Snippets =>
        [.. MarkdownDocument.All.SelectMany(document => Snippet.Of(document).Select(snippet => new TheoryDataRow<string, int>(document.Name, snippet.LineNumber)))];

    [Theory]
    [MemberData(nameof(Snippets))]
    public async Task Snippets_print_what_the_document_shows(string document, int line)
    {
        var snippet = Snippet.Of(MarkdownDocument.Find(document)).Single(snippet => snippet.LineNumber == line);
        ExpectedOutput.AssertMatches(snippet.Output, await program.RunAsync(snippet), $"{document}, line {line}");
    }
}
