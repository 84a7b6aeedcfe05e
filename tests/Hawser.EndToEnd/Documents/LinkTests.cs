using System.Text.RegularExpressions;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Documents;

public sealed partial class LinkTests
{
    public static TheoryData<string> Documents => [.. MarkdownDocument.All.Select(document => document.Name)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_to_files_that_are_there(string document)
    {
        var directory = Path.GetDirectoryName(Repository.PathOf(document))!;
        var broken = MarkdownDocument.Find(document).Lines
            .SelectMany(line => Link().Matches(line))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Path.Exists(Path.Combine(directory, target)));
        Assert.Empty(broken);
    }

    [GeneratedRegex(@"\]\((?<target>[^)#]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
