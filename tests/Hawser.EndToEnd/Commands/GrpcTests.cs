using System.Text.Json;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

/// <summary>The command and a node's quickstart over gRPC.</summary>
public sealed class GrpcTests(SharedNode node)
{
    private const int Usage = 64;
    private const int BadJson = 65;

    private static readonly string Contract = Repository.PathOf("samples", "quickstart", "quickstart.proto");

    [Theory]
    [InlineData("Quickstart/Echo", """{"text":"hi"}""", """{"text":"hi"}""")]
    [InlineData("Quickstart/Count", """{"to":2}""", """{"value":"1"}""", """{"value":"2"}""")]
    [InlineData("Quickstart.Ping", """{"data":"AQI="}""", """{"data":"AQI="}""")]
    [InlineData("Quickstart/Flood", """{"messages":1,"bytes":4}""", """{"data":"AAECAw=="}""")]
    [InlineData("Quickstart/Fail", "{}", "{}")]
    public async Task The_schema_of_a_method_comes_from_the_server(string method, string request, params string[] replies) =>
        Assert.Equal(replies, (await HawserCommand.RunAsync("call", node.Grpc, method, request)).Lines);

    [Fact]
    public async Task The_schema_may_come_from_proto_files_or_descriptor_sets()
    {
        using var directory = new TemporaryDirectory();
        var set = directory.File("quickstart.pb");
        (await HawserCommand.RunAsync("describe", "--proto", Contract, "--descriptor-set-out", set)).Succeeded();
        string[][] sources = [["--proto", Contract], ["--proto", "quickstart.proto", "-I", Repository.PathOf("samples", "quickstart")], ["--descriptor-set", set]];
        foreach (var source in sources)
            Assert.Equal("""{"value":"1"}""", (await HawserCommand.RunAsync(["call", node.Grpc, "Quickstart/Count", """{"to":1}""", .. source])).Succeeded());
    }

    [Fact]
    public async Task Messages_may_be_JSON_on_the_wire() =>
        Assert.Equal(["""{"value":1}""", """{"value":2}"""], (await HawserCommand.RunAsync("call", node.Grpc, "Quickstart/Count", """{"to":2}""", "--codec", "json")).Lines);

    [Fact]
    public async Task A_handler_without_a_contract_is_called_in_JSON() =>
        Assert.Contains(
            "\"kind\":\"unary\"",
            (await HawserCommand.RunAsync("call", node.Grpc, "hawser.Reflection/Describe", """{"method":"Quickstart/Echo"}""")).Succeeded(),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_call_goes_over_TLS() => Assert.Equal("1", (await HawserCommand.RunAsync("call", node.GrpcTls, "Quickstart/Echo", "1", "--ca", node.Authority)).Succeeded());

    [Fact]
    public async Task Values_on_several_lines_are_read_from_standard_input() =>
        Assert.Equal("""{"total":"6"}""", (await HawserCommand.RunWithInputAsync("{\n  \"value\": 1\n}{\"value\":2} {\"value\":3}", "call", node.Grpc, "Quickstart/Sum")).Succeeded());

    [Fact]
    public async Task A_duplex_call_answers_each_line_before_the_next_one_is_typed()
    {
        await using var process = RunningProcess.Hawser("call", node.Grpc, "Quickstart/Chat");
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
    public async Task Verbose_shows_headers_and_how_the_call_ended()
    {
        var result = await HawserCommand.RunAsync("call", node.Grpc, "Quickstart/Download", """{"bytes":1}""", "-H", "user: ann", "-m", "key-bin=AQI=", "-v");
        Assert.Equal("""{"data":"AA=="}""", result.Succeeded());
        Assert.Contains("> user: ann\n> key-bin: AQI=\n< octets-length: 1\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("\nOk · 1 message after ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_details_of_a_status_stand_below_it()
    {
        var result = await HawserCommand.RunAsync("call", node.Grpc, "Quickstart/Fail", """{"code":5,"text":"no such snapshot","reason":"GONE"}""");
        Assert.Equal(5, result.ExitCode);
        Assert.Equal("NotFound: no such snapshot\n  ErrorInfo: GONE of quickstart.hawser\n", result.Error);
    }

    [Fact]
    public async Task A_deadline_ends_a_call_that_nobody_ends()
    {
        await using var process = RunningProcess.Hawser("call", node.Grpc, "Quickstart/Chat", "--deadline", "1s");
        Assert.StartsWith("DeadlineExceeded: ", (await process.WaitAsync()).FailedWith(4), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_method_is_told_with_the_nearest() =>
        Assert.Contains("Nearest: 'Quickstart/Count'", (await HawserCommand.RunAsync("call", node.Grpc, "Quickstart/Cuont", "{}")).FailedWith(12), StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_service_is_told_with_the_nearest() =>
        Assert.Contains("Nearest: 'Quickstart/Count'", (await HawserCommand.RunAsync("call", node.Grpc, "Quikstart/Count", "{}")).FailedWith(12), StringComparison.Ordinal);

    [Fact]
    public async Task A_request_that_does_not_fit_is_told_with_the_path() =>
        Assert.Contains("the request is no CountRequest: to: ", (await HawserCommand.RunAsync("call", node.Grpc, "Quickstart/Count", """{"to":"many"}""")).FailedWith(BadJson), StringComparison.Ordinal);

    [Fact]
    public async Task A_proto_file_with_a_mistake_is_told_with_the_line()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.File("wrong.proto"), "syntax = \"proto3\";\nmessage A { int32 a = 1 }\n");
        Assert.Contains("wrong.proto:2:", (await HawserCommand.RunAsync("list", "--proto", directory.File("wrong.proto"))).FailedWith(BadJson), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_methods_with_the_types_of_their_messages()
    {
        var lines = (await HawserCommand.RunAsync("list", node.Grpc)).Lines;
        Assert.Contains("Quickstart/Count\tserver streaming\tCountRequest\tNumber", lines);
        Assert.Contains(lines, line => line.StartsWith("grpc.reflection.v1.ServerReflection/", StringComparison.Ordinal));
        var own = (await HawserCommand.RunAsync("list", node.Grpc, "Quickstart")).Lines;
        Assert.Equal(own, (await HawserCommand.RunAsync("list", "--proto", Contract)).Lines);
    }

    [Fact]
    public async Task Describes_methods_with_their_messages_and_comments()
    {
        var text = (await HawserCommand.RunAsync("describe", node.Grpc, "Quickstart/Count")).Succeeded();
        Assert.StartsWith("// Counts from 1 to a number.\nrpc Count(CountRequest) returns (stream Number);\n\nmessage CountRequest {\n", text, StringComparison.Ordinal);
        Assert.Equal(text, (await HawserCommand.RunAsync("describe", "--proto", Contract, "Quickstart.Count")).Succeeded());
    }

    [Fact]
    public async Task Describes_a_message_as_JSON_Schema_and_as_a_template()
    {
        var schema = JsonElement.Parse((await HawserCommand.RunAsync("describe", node.Grpc, "FailRequest", "--json-schema")).Succeeded());
        Assert.True(schema.GetProperty("properties").TryGetProperty("code", out _));
        Assert.Equal("""{"code":0,"text":"","reason":""}""", (await HawserCommand.RunAsync("describe", node.Grpc, "Quickstart/Fail", "--template")).Succeeded().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_reflection_told_can_be_used_as_files()
    {
        using var directory = new TemporaryDirectory();
        (await HawserCommand.RunAsync("describe", node.Grpc, "--proto-out", directory.File("protos"), "--descriptor-set-out", directory.File("all.pb"))).Succeeded();
        var described = (await HawserCommand.RunAsync("list", node.Grpc)).Lines.Where(line => !line.StartsWith("hawser.", StringComparison.Ordinal));
        Assert.Equal(described, (await HawserCommand.RunAsync("list", "--descriptor-set", directory.File("all.pb"))).Lines);
        Assert.Contains("Quickstart/Sum", (await HawserCommand.RunAsync("list", "--proto", directory.File("protos/quickstart.proto"))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_that_is_not_there_is_told_with_the_nearest() =>
        Assert.Contains("Nearest: 'CountRequest'", (await HawserCommand.RunAsync("describe", node.Grpc, "CountRequst")).FailedWith(5), StringComparison.Ordinal);

    [Fact]
    public async Task A_file_and_its_checksum_pass_in_both_directions()
    {
        using var directory = new TemporaryDirectory();
        (await HawserCommand.RunAsync("receive", node.Grpc, "Quickstart/Download", """{"bytes":3000000}""", directory.File("file"))).Succeeded();
        var overGrpc = (await HawserCommand.RunAsync("send", directory.File("file"), node.Grpc, "Quickstart/Upload")).Succeeded();
        Assert.Equal(overGrpc, (await HawserCommand.RunAsync("send", directory.File("file"), node.Tcp, "Quickstart/Upload")).Succeeded());
    }

    [Theory]
    [InlineData("Quickstart/Ping", "--payload", "64", "--connections", "2", "--callers", "10")]
    [InlineData("Quickstart/Count", """{"to":10}""")]
    [InlineData("Quickstart/Sum", """{"value":1}""", "--messages", "10")]
    [InlineData("Quickstart/Chat", """{"value":1}""", "--messages", "10", "-H", "user: ann")]
    [InlineData("Quickstart/Echo", "1", "--codec", "json")]
    public async Task Every_kind_of_load_is_measured(params string[] load)
    {
        var result = JsonElement.Parse((await HawserCommand.RunAsync(["bench", node.Grpc, .. load, "--calls", "20", "--warmup", "0", "--json"])).Succeeded());
        Assert.Equal(0, result.GetProperty("errors").GetInt32());
        Assert.True(result.GetProperty("messages_per_second").GetDouble() > 0, $"{result}");
    }

    [Fact]
    public async Task A_payload_needs_a_request_that_can_hold_it() =>
        Assert.Contains("CountRequest", (await HawserCommand.RunAsync("bench", node.Grpc, "Quickstart/Count", "--payload", "8", "--warmup", "0")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task An_unencrypted_address_that_others_can_reach_is_refused() =>
        Assert.Contains("use grpcs://", (await HawserCommand.RunAsync("up", "--no-default-listen", "--listen", "grpc://0.0.0.0:0")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task Two_nodes_on_one_port() =>
        Assert.Contains("Does another node run?", (await HawserCommand.RunAsync("up", "--no-default-listen", "--listen", node.Grpc)).FailedWith(69), StringComparison.Ordinal);

    [Fact]
    public async Task A_refused_connection()
    {
        var address = $"grpc://127.0.0.1:{FreePort.Find()}";
        Assert.Contains($"Nothing listens on {address}", (await HawserCommand.RunAsync("call", address, "Quickstart/Echo", "{}")).FailedWith(69), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted() =>
        Assert.Contains("it is not trusted", (await HawserCommand.RunAsync("list", node.GrpcTls)).FailedWith(69), StringComparison.Ordinal);
}
