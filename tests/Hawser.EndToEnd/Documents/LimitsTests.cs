using System.Reflection;

namespace Hawser.EndToEnd.Documents;

/// <summary>The table of limits says what the code says.</summary>
public sealed class LimitsTests
{
    private const string Document = "docs/guides/limits.md";

    public static TheoryData<string> Settings => [.. typeof(ConnectionLimits).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_limit_of_a_connection_stands_there_with_its_default_and_its_range(string setting)
    {
        var cells = RowOf($"`{setting}`");
        var property = typeof(ConnectionLimits).GetProperty(setting)!;
        Assert.Equal(TextOf(property.GetValue(new ConnectionLimits())), cells[1]);

        var ends = cells[2].Split('…').Select(end => ValueOf(end, property.PropertyType)).ToArray();
        foreach (var end in ends)
            property.SetValue(new ConnectionLimits(), end);
        Assert.ThrowsAny<TargetInvocationException>(() => property.SetValue(new ConnectionLimits(), Beyond(ends[0], -1)));
        if (ends[1] is not int.MaxValue)
            Assert.ThrowsAny<TargetInvocationException>(() => property.SetValue(new ConnectionLimits(), Beyond(ends[1], 1)));
    }

    [Fact]
    public void The_limit_of_connections_stands_there_with_its_default() =>
        Assert.Equal($"{new HawserServerOptions().MaxConnections}", RowOf("`HawserServerOptions.MaxConnections`")[1]);

    private static string[] RowOf(string name) =>
        MarkdownDocument.Find(Document).Lines.Where(line => line.StartsWith($"| {name} |", StringComparison.Ordinal)).Select(line => line.Trim('|', ' ').Split(" | ")).Single();

    private static object Beyond(object end, int steps) => end is TimeSpan time ? time + TimeSpan.FromTicks(steps) : (int)end + steps;

    private static string TextOf(object? value) => value switch
    {
        null => "never",
        TimeSpan time => $"{time.TotalSeconds} s",
        int number when number % (1 << 20) == 0 => $"{number >> 20} MiB",
        int number when number % (1 << 10) == 0 => $"{number >> 10} KiB",
        _ => $"{value}",
    };

    private static object ValueOf(string text, Type type)
    {
        var parts = text.Split(' ');
        var number = int.Parse(parts[0]);
        if (type != typeof(int))
            return parts[1] switch { "ms" => TimeSpan.FromMilliseconds(number), "s" => TimeSpan.FromSeconds(number), _ => TimeSpan.FromDays(number) };
        return parts.ElementAtOrDefault(1) switch { "KiB" => number << 10, "MiB" => number << 20, "GiB" => number << 30, _ => number };
    }
}
