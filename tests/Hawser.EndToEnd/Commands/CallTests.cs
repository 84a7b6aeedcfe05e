using System.Text.Json;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

public sealed class CallTests(SharedNode node)
{
    [Fact]
    public async Task Echo_returns_its_JSON() =>
        Assert.Equal("""{"text":"hi"}""", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", """{"text":"hi"}""")).Succeeded());

    [Fact]
    public async Task Each_message_of_a_stream_is_a_line() =>
        Assert.Equal(
            ["""{"value":1}""", """{"value":2}""", """{"value":3}"""],
            (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Count", """{"to":3}""")).Lines);

    [Fact]
    public async Task A_stream_of_requests_is_read_from_standard_input() =>
        Assert.Equal(
            """{"total":6}""",
            (await HawserCommand.RunWithInputAsync("{\"value\":1}\n\n{\"value\":2}\n{\"value\":3}", "call", node.Tcp, "Quickstart/Sum")).Succeeded());

    [Fact]
    public async Task A_dash_is_standard_input() =>
        Assert.Equal("""{"n":1}""", (await HawserCommand.RunWithInputAsync("{ \"n\": 1 }\n", "call", node.Tcp, "Quickstart/Echo", "-")).Succeeded());

    [Fact]
    public async Task An_at_sign_names_a_file()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.File("request.json");
        await File.WriteAllTextAsync(file, "{\n  \"text\": \"from a file\"\n}\n");
        Assert.Equal("""{"text":"from a file"}""", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "@" + file)).Succeeded());
    }

    [Fact]
    public async Task A_duplex_call_answers_each_line_before_the_next_one_is_typed()
    {
        await using var process = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat");
        foreach (var line in new[] { """{"say":"one"}""", """{"say":"two"}""" })
        {
            await process.Input.WriteLineAsync(line);
            await process.Input.FlushAsync();
            Assert.Equal(line, await process.Output.WaitForAsync(_ => true, "the answer to a line"));
        }

        process.Input.Close();
        (await process.WaitAsync()).Succeeded();
    }

    [Fact]
    public async Task The_node_calls_the_caller_back() =>
        Assert.Equal(
            """{"text":"hello from hawser call","message":"who are you?"}""",
            (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/CallMeBack", """{"message":"who are you?"}""")).Succeeded());

    [Fact]
    public async Task Messages_that_are_not_JSON_are_printed_as_base64() =>
        Assert.Equal(
            ["""{"base64":"AAECAw=="}""", """{"base64":"AAECAw=="}"""],
            (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Flood", """{"messages":2,"bytes":4}""")).Lines);

    [Fact]
    public async Task Verbose_shows_metadata_status_and_timing_on_standard_error()
    {
        var result = await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "1", "--metadata", "user=ann", "--metadata", "key-bin=AQI=", "-v");
        Assert.Equal("1", result.Succeeded());
        Assert.Contains("> user: ann\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("> key-bin: AQI=\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("Quickstart/Echo: unary\n", result.Error, StringComparison.Ordinal);
        Assert.Matches("(?m)^Ok · 1 message after [0-9.]+ (µs|ms|s)$", result.Error);
    }

    [Theory]
    [InlineData(1, "Cancelled")]
    [InlineData(5, "NotFound")]
    [InlineData(14, "Unavailable")]
    [InlineData(16, "Unauthenticated")]
    public async Task The_exit_code_is_the_number_of_the_status(int code, string name)
    {
        var result = await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Fail", $$"""{"code":{{code}},"text":"no such snapshot"}""");
        Assert.Equal($"{name}: no such snapshot", result.FailedWith(code));
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_deadline_ends_a_call_that_nobody_ends()
    {
        // Standard input stays open: without the deadline the call would never end.
        await using var process = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat", "--deadline", "1s");
        Assert.StartsWith("DeadlineExceeded: ", (await process.WaitAsync()).FailedWith(4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_every_method_with_its_kind()
    {
        var lines = (await HawserCommand.RunAsync("list", node.Tcp)).Lines;
        Assert.Contains("Quickstart/Echo\tunary\tMessage\tMessage", lines);
        Assert.Contains("Quickstart/Count\tserver streaming\tMessage\tStream", lines);
        Assert.Contains("Quickstart/Sum\tclient streaming\tStream\tMessage", lines);
        Assert.Contains("Quickstart/Chat\tduplex\tStream\tStream", lines);
        Assert.Contains("Quickstart/Upload\tclient streaming\tOctets\tMessage", lines);
        foreach (var name in new[] { "Download", "Ping", "Flood", "Fail", "CallMeBack" })
            Assert.Contains(lines, line => line.StartsWith($"Quickstart/{name}\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Describes_a_method_with_schemas_of_its_messages()
    {
        var description = JsonElement.Parse((await HawserCommand.RunAsync("describe", node.Tcp, "Quickstart/Count")).Succeeded());
        Assert.Equal("Quickstart/Count", description.GetProperty("name").GetString());
        Assert.Equal("serverStreaming", description.GetProperty("kind").GetString());
        Assert.True(description.GetProperty("requestSchema").GetProperty("properties").TryGetProperty("to", out _));
        Assert.True(description.GetProperty("responseSchema").GetProperty("properties").TryGetProperty("value", out _));
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_an_endless_stream()
    {
        var result = await HawserCommand.ShellAsync($$"""$HAWSER call {{node.Tcp}} Quickstart/Count '{"to":1000000000}' 2>/dev/null | head -n 2; exit ${PIPESTATUS[0]}""");
        Assert.Equal(73, result.ExitCode);
        Assert.Equal(["""{"value":1}""", """{"value":2}"""], result.Lines);
    }
}
