using Hawser.Interop.Tests.Languages;
using Hawser.Interop.Tests.Runs;
using Hawser.Interop.Tests.Table;

namespace Hawser.Interop.Tests;

public sealed class TableTests(SharedRuns runs)
{
    private const string WriteIt = "HAWSER_WRITE_INTEROP_TABLE";

    [Fact]
    public async Task The_table_in_the_documents_is_what_the_programs_did()
    {
        await SharedRuns.SkipIfMissingAsync(AllLanguages.Foreign);
        var columns = new List<Column>();
        foreach (var language in AllLanguages.Foreign)
            columns.Add(new($"{language} → Hawser", await runs.OfAsync(language, AllLanguages.Ours)));
        foreach (var language in AllLanguages.Foreign)
            columns.Add(new($"Hawser → {language}", await runs.OfAsync(AllLanguages.Ours, language)));
        var table = MarkdownTable.Render(columns);

        var section = new GeneratedSection(Repository.PathOf("docs", "grpc.md"), "interoperability");
        if (Environment.GetEnvironmentVariable(WriteIt) is not null)
            section.Text = table;
        Assert.True(section.Text == table, $"The table in docs/grpc.md is not what was seen; run this test with {WriteIt}=1 to write it. What was seen:\n{table}");
    }
}
