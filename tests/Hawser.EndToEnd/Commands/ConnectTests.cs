using Hawser.EndToEnd.Processes;
using Hawser.Transports;

namespace Hawser.EndToEnd.Commands;

/// <summary>How client commands reach their server, and whom they trust.</summary>
public sealed class ConnectTests(SharedNode node)
{
    private const int Usage = 64;
    private const int NoInput = 66;

    /// <summary>The client commands; URI stands for the address.</summary>
    public static TheoryData<string> ClientCommands =>
    [
        """call URI Quickstart/Count {"to":1}""",
        "list URI",
        "describe URI Quickstart/Count",
        "bench URI Quickstart/Ping --calls 1 --warmup 0",
        """receive URI Quickstart/Download {"bytes":1} -""",
        "watch URI --once",
    ];

    [Theory]
    [MemberData(nameof(ClientCommands))]
    public async Task Every_client_command_goes_on_to_the_second_address(string command) =>
        (await HawserCommand.RunAsync(At($"tcp://127.0.0.1:{FreePort.Find()},{node.Tcp}", command))).Succeeded();

    [Theory]
    [MemberData(nameof(ClientCommands))]
    public async Task Every_client_command_waits_for_a_node_that_comes_late(string command)
    {
        using var directory = new TemporaryDirectory();
        var address = $"unix:{directory.File("late.sock")}";
        await using var waiting = RunningProcess.Hawser([.. At(address, command), "--wait-for-ready"]);
        await waiting.Error.WaitForAsync(line => line.StartsWith("hawser: waiting: cannot reach", StringComparison.Ordinal), "the command to wait");
        await using var late = await RunningNode.StartAsync(address);
        Assert.Equal(0, (await waiting.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task What_is_sent_waits_too()
    {
        using var directory = new TemporaryDirectory();
        var address = $"unix:{directory.File("late.sock")}";
        var file = directory.File("file");
        await File.WriteAllTextAsync(file, "hello");
        await using var waiting = RunningProcess.Hawser("send", file, address, "Quickstart/Upload", "--wait-for-ready");
        await waiting.Error.WaitForAsync(line => line.StartsWith("hawser: waiting:", StringComparison.Ordinal), "the command to wait");
        await using var late = await RunningNode.StartAsync(address);
        Assert.Contains("\"bytes\":5", (await waiting.WaitAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_with_the_deadline()
    {
        var result = await HawserCommand.RunAsync("call", $"tcp://127.0.0.1:{FreePort.Find()}", "Quickstart/Echo", "1", "--wait-for-ready", "--deadline", "50ms");
        Assert.Equal(4, result.ExitCode);
        Assert.Contains("DeadlineExceeded: No connection to", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_with_a_signal()
    {
        await using var waiting = RunningProcess.Hawser("list", $"tcp://127.0.0.1:{FreePort.Find()}", "--wait-for-ready");
        await waiting.Error.WaitForAsync(line => line.StartsWith("hawser: waiting:", StringComparison.Ordinal), "the command to wait");
        waiting.Terminate();
        Assert.Equal(130, (await waiting.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task Who_accepts_any_certificate_is_told_so_in_one_line()
    {
        foreach (var address in new[] { node.Tls, node.GrpcTls })
        {
            var result = await HawserCommand.RunAsync("call", address, "Quickstart/Echo", "1", "--insecure");
            Assert.Equal("1", result.Succeeded());
            Assert.StartsWith("hawser: --insecure: the server's certificate is not checked", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_certificate_may_be_pinned()
    {
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(
            System.Text.Encoding.ASCII.GetBytes(await File.ReadAllTextAsync(node.Authority)));
        var fingerprint = CertificateFingerprint.Sha256(certificate);
        Assert.Equal("1", (await HawserCommand.RunAsync("call", node.Tls, "Quickstart/Echo", "1", "--pin", fingerprint)).Succeeded());
        Assert.Contains(
            "another fingerprint",
            (await HawserCommand.RunAsync("call", node.Tls, "Quickstart/Echo", "1", "--pin", new string('0', 64))).FailedWith(69),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_scheme_is_answered_with_the_right_one()
    {
        Assert.EndsWith($"; try {node.Tls}.", await UnreachableAsync(node.Tls.Replace("tls://", "tcp://", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith($"; try {node.Grpc}.", await UnreachableAsync(node.Grpc.Replace("grpc://", "grpcs://", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ca", "x")]
    [InlineData("--cert", "x")]
    [InlineData("--pin", "x")]
    [InlineData("--insecure", null)]
    public async Task Certificates_for_an_address_without_encryption(string option, string? value)
    {
        string[] options = value is null ? [option] : [option, value];
        var result = await HawserCommand.RunAsync(["call", node.Tcp, "Quickstart/Echo", "1", .. options]);
        Assert.Contains($"{option} is for tls://, quic:// and grpcs://; connections to {node.Tcp} are not encrypted", result.FailedWith(Usage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_for_several_addresses_of_which_one_is_without_encryption()
    {
        var result = await HawserCommand.RunAsync("call", $"{node.Tls},{node.Tcp}", "Quickstart/Echo", "\"secret\"", "--ca", node.Authority);
        Assert.Contains($"connections to {node.Tcp} are not encrypted", result.FailedWith(Usage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_ways_to_trust() =>
        Assert.Contains(
            "--ca and --insecure each say whom to trust",
            (await HawserCommand.RunAsync("list", node.Tls, "--insecure", "--ca", node.Authority)).FailedWith(Usage),
            StringComparison.Ordinal);

    [Fact]
    public async Task A_key_without_its_certificate()
    {
        Assert.Contains("--cert FILE", (await HawserCommand.RunAsync("list", node.Tls, "--key", "x")).FailedWith(Usage), StringComparison.Ordinal);
        Assert.Contains("--cert FILE", (await HawserCommand.RunAsync("up", "--no-default-listen", "--listen", "tls://127.0.0.1:0", "--key", "x")).FailedWith(Usage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_is_not_there() =>
        Assert.Contains("gone.pem", (await HawserCommand.RunAsync("list", node.Tls, "--ca", "gone.pem")).FailedWith(NoInput), StringComparison.Ordinal);

    private static string[] At(string address, string command) => [.. command.Split(' ').Select(argument => argument == "URI" ? address : argument)];

    private static async Task<string> UnreachableAsync(string address) =>
        (await HawserCommand.RunAsync("call", address, "Quickstart/Echo", "1")).FailedWith(69);
}
