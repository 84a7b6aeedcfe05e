using System.Text.Json;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

public sealed class BenchTests(SharedNode node)
{
    private static readonly string[] PromisedKeys =
    [
        "calls_per_second", "calls_per_second_with_connecting", "messages_per_second", "bytes_per_second",
        "p50_us", "p90_us", "p99_us", "p999_us", "max_us", "errors",
    ];

    public static TheoryData<string[]> Loads => new(
    (string[][])[
        ["Quickstart/Ping", "--payload", "8", "--connections", "2", "--calls", "500", "--in-flight", "all"],
        ["Quickstart/Ping", "--payload", "64", "--connections", "2", "--callers", "10", "--duration", "2s"],
        ["Quickstart/Ping", "--payload", "64", "--rate", "1000", "--duration", "2s"],
        ["Quickstart/Echo", """{"text":"hi"}""", "--calls", "50"],
        ["Quickstart/Flood", """{"messages":1000,"bytes":100}""", "--calls", "2"],
        ["Quickstart/Sum", """{"value":1}""", "--messages", "100", "--calls", "2"],
        ["Quickstart/Chat", """{"value":1}""", "--messages", "100", "--calls", "2"],
        ["Quickstart/Upload", "--payload", "1MiB", "--calls", "2"],
        ["Quickstart/Download", """{"bytes":1048576}""", "--calls", "2"],
    ]);

    [Theory]
    [MemberData(nameof(Loads))]
    public async Task Every_kind_of_load_gives_one_JSON_object_with_sane_figures(string[] load)
    {
        var result = JsonElement.Parse((await HawserCommand.RunAsync(["bench", node.Tcp, .. load, "--warmup", "0", "--json"])).Succeeded());
        foreach (var key in PromisedKeys)
            Assert.True(result.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number, $"'{key}' is missing in {result}");
        double Figure(string key) => result.GetProperty(key).GetDouble();
        Assert.Equal(0, Figure("errors"));
        Assert.True(Figure("calls_per_second") > 0, $"{result}");
        Assert.InRange(Figure("calls_per_second_with_connecting"), double.Epsilon, Figure("calls_per_second"));
        Assert.True(Figure("messages_per_second") + Figure("bytes_per_second") > 0, $"{result}");
        Assert.True(Figure("p50_us") > 0, $"{result}");
        Assert.True(
            Figure("p50_us") <= Figure("p90_us") && Figure("p90_us") <= Figure("p99_us") && Figure("p99_us") <= Figure("p999_us") && Figure("p999_us") <= Figure("max_us"),
            $"{result}");
    }

    [Fact]
    public async Task Counts_every_call_that_was_asked_for()
    {
        var result = await HawserCommand.RunAsync(
            "bench", node.Tcp, "Quickstart/Ping", "--payload", "8", "--connections", "3", "--calls", "200", "--in-flight", "all", "--warmup", "0", "--json");
        Assert.Equal(600, JsonElement.Parse(result.Succeeded()).GetProperty("calls").GetInt64());
    }

    [Fact]
    public async Task People_get_rates_percentiles_and_a_histogram()
    {
        var text = (await HawserCommand.RunAsync("bench", node.Tcp, "Quickstart/Ping", "--payload", "64", "--calls", "200", "--warmup", "0")).Succeeded();
        Assert.Matches("(?m)^calls +200 ", text);
        Assert.Matches("(?m)^latency +p50 .* p90 .* p99 .* p99.9 .* max ", text);
        Assert.Contains("█", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failing_calls_are_counted_and_give_their_status_as_exit_code()
    {
        var result = await HawserCommand.RunAsync("bench", node.Tcp, "Quickstart/Fail", """{"code":3,"text":"x"}""", "--calls", "10", "--warmup", "0", "--json");
        Assert.Equal(3, result.ExitCode);
        Assert.Equal(10, JsonElement.Parse(result.Output).GetProperty("errors").GetInt32());
    }
}
