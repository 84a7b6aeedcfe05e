using System.Globalization;
using System.Text.RegularExpressions;

namespace Hawser.Bench.Tables;

/// <summary>
/// What one figure of a row must reach: <c>calls_per_second ratio&gt;=20</c>, or without a peer <c>bytes_per_second value&gt;=15GiB</c>.
/// A bare <c>calls_per_second ratio</c> is shown and demands nothing.
/// </summary>
internal sealed partial record Requirement(string Key, bool IsRatio, bool AtLeast, double? Bound, string Text)
{
    public static Requirement Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
            throw new ArgumentException($"'{text}' is not a requirement of the form 'key ratio>=20' or 'key value<=250'.");
        var scale = match.Groups["unit"].Value switch { "KiB" => 1024.0, "GiB" => 1L << 30, _ => 1 };
        var ratio = match.Groups["what"].Value == "ratio";
        if (!match.Groups["number"].Success)
            return new(match.Groups["key"].Value, ratio, AtLeast: false, Bound: null, "–");
        var least = match.Groups["sign"].Value == ">=";
        var number = match.Groups["number"].Value;
        return new(
            match.Groups["key"].Value,
            ratio,
            least,
            double.Parse(number, CultureInfo.InvariantCulture) * scale,
            $"{(least ? '≥' : '≤')} {number}{(ratio ? " ×" : "")} {match.Groups["unit"].Value}".TrimEnd());
    }

    public bool IsMet(double figure) => AtLeast ? figure >= Bound : figure <= Bound;

    [GeneratedRegex(@"^(?<key>[a-z0-9_]+) (?<what>ratio|value)((?<sign>>=|<=)(?<number>[0-9.]+)(?<unit>KiB|GiB|))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
