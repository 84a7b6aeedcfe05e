using Hawser.EndToEnd.Processes;
using Hawser.Transports;

namespace Hawser.EndToEnd.Commands;

/// <summary><c>hawser up --listen quic://…</c>, where QUIC's library is installed and where it is not.</summary>
public sealed class QuicTests
{
    [Fact]
    public async Task A_node_serves_QUIC_with_a_certificate_that_it_keeps()
    {
        Assert.SkipUnless(await IsInstalledAsync(), "QUIC's native library (libmsquic) is not installed.");
        using var directory = new TemporaryDirectory();
        var fingerprints = new List<string>();
        for (var start = 0; start < 2; start++)
        {
            await using var node = await RunningNode.StartAsync(["quic://localhost:0"], directory.Path);
            fingerprints.Add(node.Process.Output.Text.Split('\n').Single(line => line.StartsWith("its SHA-256 fingerprint is ", StringComparison.Ordinal)));
            var call = await HawserCommand.RunAsync("call", node.Quic, "Quickstart/Echo", "1", "--ca", directory.File("hawser-development.pem"));
            Assert.Equal("1", call.Succeeded());
        }

        Assert.Equal(fingerprints[0], fingerprints[1]);
    }

    [Fact]
    public async Task Without_the_library_a_node_says_what_to_install_and_goes_on()
    {
        Assert.SkipWhen(await IsInstalledAsync(), "QUIC's native library (libmsquic) is installed.");
        using var directory = new TemporaryDirectory();

        await using var node = await RunningNode.StartAsync(["quic://localhost:0", "tcp://127.0.0.1:0"], directory.Path);

        Assert.Equal("1", (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "1")).Succeeded());
        await node.Process.Error.WaitForAsync(
            line => line.StartsWith("hawser: quic://", StringComparison.Ordinal) && line.Contains("libmsquic", StringComparison.Ordinal) && line.EndsWith("The node goes on without it.", StringComparison.Ordinal), "what to install");
        Assert.DoesNotContain("certificate", node.Process.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_library_a_node_of_QUIC_alone_says_nothing_but_what_to_install()
    {
        Assert.SkipWhen(await IsInstalledAsync(), "QUIC's native library (libmsquic) is installed.");
        using var directory = new TemporaryDirectory();

        var result = await HawserCommand.RunAsync("up", directory.Path, "--no-default-listen", "--listen", "quic://localhost:0");

        Assert.Contains("libmsquic", result.FailedWith(69), StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    private static async Task<bool> IsInstalledAsync()
    {
        await using var server = new HawserServer();
        try
        {
            await server.ListenAsync("quic://127.0.0.1:0");
        }
        catch (TransportNotSupportedException)
        {
            return false;
        }
        catch (ArgumentException)
        {
            return true; // what is missing is the certificate
        }

        return true;
    }
}
