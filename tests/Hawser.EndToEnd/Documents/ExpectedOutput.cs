using System.Text.RegularExpressions;

namespace Hawser.EndToEnd.Documents;

/// <summary>Output as a document shows it: <c>…</c> stands for anything within a line, and alone on a line for any lines.</summary>
internal static class ExpectedOutput
{
    private const string Anything = "…";

    public static void AssertMatches(IEnumerable<string> expected, string actual, string where)
    {
        var pattern = string.Concat(expected.Select(line => line == Anything ? "(.*\n)*" : PatternOf(line) + "\n"));
        Assert.True(Regex.IsMatch(actual, $@"\A{pattern}\z", RegexOptions.None, TimeSpan.FromSeconds(10)), $"{where} shows\n{string.Join('\n', expected)}\nbut it is\n{actual}");
    }

    private static string PatternOf(string line) => string.Join(".*", line.Split(Anything).Select(Regex.Escape));
}
