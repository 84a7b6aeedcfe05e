using System.Text.RegularExpressions;
using Hawser.Tests.Frames.Vectors;

namespace Hawser.Tests.Frames.States;

/// <summary><c>docs/states.md</c> against the tests.</summary>
public sealed partial class StateDocumentTests
{
    private static readonly string[] Sections = File.ReadAllText(Repository.File("docs/states.md")).Split("\n## ")[1..];

    [Fact]
    public void Every_edge_has_a_test()
    {
        Assert.NotEmpty(Sections);
        foreach (var section in Sections)
        {
            var drawn = Edge().Matches(section).Select(static match => match.Groups["edge"].Value).ToArray();
            Assert.Equal(Enumerable.Range(1, drawn.Length).Select(static i => $"{i}"), drawn);
            Assert.Equal(drawn, Row().Matches(section).Select(static match => match.Groups["edge"].Value).Distinct());
        }
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var tests = typeof(StateDocumentTests).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods().Where(static method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();
        var named = Sections.SelectMany(static section => Row().Matches(section).Select(static match => match.Groups["test"].Value));
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [GeneratedRegex(@"^    \S+ --> \S+: (?<edge>\d+) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Edge();

    [GeneratedRegex(@"^\| (?<edge>\d+) \| `(?<test>[\w.]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
