using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

/// <summary>Each mistake gets one sentence that names it, and an exit code that a script can tell apart.</summary>
public sealed class WrongInputTests(SharedNode node)
{
    private const int Usage = 64;
    private const int BadJson = 65;
    private const int NoInput = 66;
    private const int Unreachable = 69;
    private const int CannotWrite = 73;

    [Fact]
    public async Task An_unknown_scheme() =>
        Assert.Contains("unknown scheme 'foo:'", (await HawserCommand.RunAsync("call", "foo://x", "Quickstart/Echo", "{}")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task An_address_without_a_port() =>
        Assert.Contains("write for instance tcp://127.0.0.1:4772", (await HawserCommand.RunAsync("list", "tcp://127.0.0.1")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task A_method_without_a_service() =>
        Assert.Contains("'Echo' is not a method's full name", (await HawserCommand.RunAsync("call", node.Tcp, "Echo", "{}")).FailedWith(Usage), StringComparison.Ordinal);

    [Theory]
    [InlineData("call")]
    [InlineData("receive")]
    [InlineData("bench")]
    public async Task A_missing_argument_is_named(string command) =>
        Assert.Contains("METHOD is missing", (await HawserCommand.RunAsync(command, node.Tcp)).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task An_unknown_command() =>
        Assert.Contains("'cal' is not understood", (await HawserCommand.RunAsync("cal")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task An_unknown_option() =>
        Assert.Contains("--dedline", (await HawserCommand.RunAsync("list", node.Tcp, "--dedline")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task A_deadline_without_a_unit() =>
        Assert.Contains("500ms or 2s", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "{}", "--deadline", "5")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task JSON_for_a_method_that_takes_none()
    {
        foreach (var address in new[] { node.Tcp, node.Grpc })
            Assert.Contains("takes no request", (await HawserCommand.RunAsync("call", address, "hawser.Reflection/List", "{}")).FailedWith(Usage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_without_a_value() =>
        Assert.Contains("KEY=VALUE", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "{}", "--metadata", "user")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task Bad_JSON_with_its_place() =>
        Assert.Contains("line 2, column 8", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "{\n\"text\":}")).FailedWith(BadJson), StringComparison.Ordinal);

    [Fact]
    public async Task Bad_JSON_in_the_third_line_of_standard_input()
    {
        var result = await HawserCommand.RunWithInputAsync("{\"value\":1}\n{\"value\":2}\n{\"value\":\n", "call", node.Tcp, "Quickstart/Sum");
        Assert.Contains("standard input is not JSON: line 3", result.FailedWith(BadJson), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_request_file() =>
        Assert.Contains("there is no file 'gone.json'", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "@gone.json")).FailedWith(NoInput), StringComparison.Ordinal);

    [Fact]
    public async Task A_missing_file_to_send() =>
        Assert.Contains("there is no file 'gone.bin'", (await HawserCommand.RunAsync("send", "gone.bin", node.Tcp, "Quickstart/Upload")).FailedWith(NoInput), StringComparison.Ordinal);

    [Fact]
    public async Task A_place_that_cannot_be_written()
    {
        using var directory = new TemporaryDirectory();
        var result = await HawserCommand.RunAsync("receive", node.Tcp, "Quickstart/Download", """{"bytes":1}""", directory.File("gone/file"));
        Assert.Contains($"there is no directory '{directory.File("gone")}'", result.FailedWith(CannotWrite), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection()
    {
        var address = $"tcp://127.0.0.1:{FreePort.Find()}";
        Assert.Contains($"Nothing listens on {address}", (await HawserCommand.RunAsync("call", address, "Quickstart/Echo", "{}")).FailedWith(Unreachable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted() =>
        Assert.Contains("it is not trusted", (await HawserCommand.RunAsync("list", node.Tls)).FailedWith(Unreachable), StringComparison.Ordinal);

    [Fact]
    public async Task A_method_that_is_not_there() =>
        Assert.Contains("No endpoint 'Quickstart/Nope' is served here", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Nope", "{}")).FailedWith(12), StringComparison.Ordinal);

    [Fact]
    public async Task A_request_that_does_not_fit_the_method()
    {
        var result = await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Count", """{"to":"many"}""");
        Assert.Contains("$.to", result.FailedWith(3), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Octets_where_messages_are_wanted() =>
        Assert.Contains("use 'hawser send", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Upload", "{}")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task A_directory_of_a_node_that_is_missing() =>
        Assert.Contains("'gone' does not exist", (await HawserCommand.RunAsync("up", "gone", "--no-default-listen", "--listen", "tcp://127.0.0.1:0")).FailedWith(NoInput), StringComparison.Ordinal);

    [Fact]
    public async Task An_unencrypted_address_that_others_can_reach() =>
        Assert.Contains("unencrypted", (await HawserCommand.RunAsync("up", "--no-default-listen", "--listen", "tcp://0.0.0.0:0")).FailedWith(Usage), StringComparison.Ordinal);

    [Fact]
    public async Task Two_nodes_on_one_port() =>
        Assert.Contains("already in use", (await HawserCommand.RunAsync("up", "--no-default-listen", "--listen", node.Tcp)).FailedWith(Unreachable), StringComparison.Ordinal);

    [Fact]
    public async Task Two_nodes_on_one_Unix_socket() =>
        Assert.Contains(node.Unix, (await HawserCommand.RunAsync("up", "--no-default-listen", "--listen", node.Unix)).FailedWith(Unreachable), StringComparison.Ordinal);
}
