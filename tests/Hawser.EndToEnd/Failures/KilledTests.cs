using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Failures;

/// <summary>One of the two processes ends without a word, in the middle of a call.</summary>
public sealed class KilledTests
{
    private const int Unavailable = 14;

    [Fact]
    public async Task A_caller_whose_server_is_killed_gets_a_status_and_a_sentence()
    {
        await using var node = await RunningNode.StartAsync();
        await using var caller = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat");
        await EchoAsync(caller);
        await node.Process.KillAsync();
        var sentence = (await caller.WaitAsync()).FailedWith(Unavailable);
        Assert.StartsWith("Unavailable: ", sentence, StringComparison.Ordinal);
        Assert.Contains("may have run", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_goes_on_when_a_caller_is_killed_in_the_middle_of_a_call()
    {
        await using var node = await RunningNode.StartAsync();
        await using var bystander = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat");
        await EchoAsync(bystander);
        await using var killed = RunningProcess.Hawser("call", node.Tcp, "Quickstart/Chat");
        await EchoAsync(killed);
        await killed.KillAsync();
        await EchoAsync(bystander);
        bystander.Input.Close();
        (await bystander.WaitAsync()).Succeeded();
    }

    [Fact]
    public async Task A_server_closes_the_connection_of_a_caller_that_is_killed_in_the_middle_of_an_upload()
    {
        await using var node = await RunningNode.StartAsync();
        var before = Descriptors.SocketsOf(node.Process.Id);
        await using var upload = RunningProcess.Hawser("send", "-", node.Tcp, "Quickstart/Upload");
        await upload.Input.WriteAsync(new string('x', 1 << 20));
        await upload.Input.FlushAsync();
        await Patience.UntilAsync(() => Descriptors.SocketsOf(node.Process.Id) > before, "the node has the connection");
        await upload.KillAsync();
        await Patience.UntilAsync(() => Descriptors.SocketsOf(node.Process.Id) == before, "the node has closed the connection");
        (await HawserCommand.RunAsync("call", node.Tcp, "Quickstart/Echo", "1")).Succeeded();
    }

    [Fact]
    public async Task A_download_whose_server_is_killed_leaves_no_file_behind()
    {
        using var directory = new TemporaryDirectory();
        await using var node = await RunningNode.StartAsync();
        await using var download = RunningProcess.Hawser(
            "receive", node.Tcp, "Quickstart/Download", """{"bytes":1099511627776}""", directory.File("file"));
        await Patience.UntilAsync(() => Directory.EnumerateFiles(directory.Path).Any(file => new FileInfo(file).Length > 0), "octets arrive");
        await node.Process.KillAsync();
        Assert.Equal(Unavailable, (await download.WaitAsync()).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    private static async Task EchoAsync(RunningProcess caller)
    {
        await caller.Input.WriteLineAsync("1");
        await caller.Input.FlushAsync();
        await caller.Output.WaitForAsync(line => line == "1", "the echo");
    }
}
