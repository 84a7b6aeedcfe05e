namespace Hawser.EndToEnd.Processes;

/// <summary>A <c>hawser up</c> of a test's own.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private const string Listening = "listening on ";

    private readonly Dictionary<string, string> addresses = new(StringComparer.Ordinal);

    private RunningNode(RunningProcess process) => Process = process;

    public RunningProcess Process { get; }

    public string Tcp => addresses["tcp"];

    public string Tls => addresses["tls"];

    public string Quic => addresses["quic"];

    public string Unix => addresses["unix"];

    public string Grpc => addresses["grpc"];

    public string GrpcTls => addresses["grpcs"];

    /// <summary>Starts a node on a free port of loopback.</summary>
    public static Task<RunningNode> StartAsync() => StartAsync("tcp://127.0.0.1:0");

    /// <summary>Starts a node, and waits until it answers.</summary>
    public static async Task<RunningNode> StartAsync(params string[] listen) => await StartAsync(listen, directory: null);

    /// <summary>Starts a node that keeps its development certificate in a directory, and waits until it answers.</summary>
    public static async Task<RunningNode> StartAsync(IEnumerable<string> listen, string? directory)
    {
        string[] arguments = ["up", .. directory is null ? [] : new[] { directory }, "--no-default-listen", .. listen.SelectMany(address => new[] { "--listen", address })];
        var node = new RunningNode(RunningProcess.Hawser(arguments));
        await node.Process.Output.WaitForAsync(
            line =>
            {
                node.Note(line);
                return line.StartsWith("Ctrl-C", StringComparison.Ordinal);
            },
            "the node's greeting");
        return node;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private void Note(string line)
    {
        if (!line.StartsWith(Listening, StringComparison.Ordinal))
            return;
        var address = line[Listening.Length..];
        addresses.TryAdd(address[..address.IndexOf(':', StringComparison.Ordinal)], address);
    }
}
