using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Cli.Watching;
using Hawser.Grpc;
using Xunit;

namespace Hawser.Cli.Tests.Watching;

public sealed class WatchLoopTests : IAsyncDisposable
{
    private readonly RecordedDisplay display = new();
    private readonly CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly string directory = Directory.CreateTempSubdirectory("hawser-test-").FullName;
    private HawserServer? server;

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        if (server is not null)
            await server.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        enough.Dispose();
    }

    [Theory(Timeout = Hang)]
    [InlineData("tcp://127.0.0.1:0", "tcp")]
    [InlineData("grpc://127.0.0.1:0", "grpc")]
    public async Task A_node_is_seen_once(string listen, string scheme)
    {
        await LoopOn(await StartAsync(listen)).RunOnceAsync(enough.Token);
        var (_, snapshot) = await display.NextAsync("ready", enough.Token);
        Assert.Equal(scheme, Assert.Single(snapshot!.Connections).Scheme);
    }

    [Theory(Timeout = Hang)]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("grpc://127.0.0.1:0")]
    public async Task A_node_that_is_restarted_is_waited_for_and_watched_again(string listen)
    {
        var address = await StartAsync(Loopback.Own(listen));
        var watching = LoopOn(address).RunAsync(enough.Token);
        await display.NextAsync("ready", enough.Token);
        await server!.StopAsync(TimeSpan.FromMinutes(2), enough.Token);
        await server.DisposeAsync();
        var (reason, _) = await display.NextAsync("reconnecting", enough.Token);
        Assert.NotEmpty(reason!);
        await StartAsync(address);
        await display.NextAsync("ready", enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact(Timeout = Hang)]
    public async Task A_node_that_was_cut_off_is_waited_for()
    {
        var address = await StartAsync("unix:" + Path.Combine(directory, "node.sock"));
        var watching = LoopOn(address).RunAsync(enough.Token);
        await display.NextAsync("ready", enough.Token);
        await server!.DisposeAsync();
        await display.NextAsync("reconnecting", enough.Token);
        await StartAsync(address);
        await display.NextAsync("ready", enough.Token);
        Assert.False(watching.IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task A_node_that_was_never_there_is_not_waited_for()
    {
        var failure = await Assert.ThrowsAsync<CommandException>(() => LoopOn("tcp://127.0.0.1:1").RunAsync(enough.Token));
        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
    }

    [Fact(Timeout = Hang)]
    public async Task A_node_that_was_never_there_is_waited_for_on_request()
    {
        var address = "unix:" + Path.Combine(directory, "late.sock");
        var watching = LoopOn(address, new ConnectSettings { WaitForReady = true }).RunAsync(enough.Token);
        await display.NextAsync("connecting", enough.Token);
        await StartAsync(address);
        await display.NextAsync("ready", enough.Token);
        Assert.False(watching.IsCompleted);
    }

    [Theory(Timeout = Hang)]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("grpc://127.0.0.1:0")]
    public async Task A_server_that_does_not_let_itself_be_watched_is_told_of(string listen)
    {
        var address = await StartAsync(listen, canBeWatched: false);
        var failure = await Assert.ThrowsAsync<RpcException>(() => LoopOn(address).RunAsync(enough.Token));
        Assert.Equal(StatusCode.Unimplemented, failure.Code);
        Assert.Contains("server.MapWatch()", failure.Status.Text, StringComparison.Ordinal);
    }

    private WatchLoop LoopOn(string address, ConnectSettings? connect = null) =>
        new(new Peer(address, connect ?? new ConnectSettings()), metadata: null, new WatchRequest { IntervalMilliseconds = 50 }, display);

    private async Task<string> StartAsync(string listen, bool canBeWatched = true)
    {
        server = new HawserServer(new HawserServerOptions { Wires = [new GrpcWire()] });
        if (canBeWatched)
            server.MapWatch();
        return (await server.ListenAsync(listen, cancellationToken: enough.Token)).ToString().TrimEnd('/');
    }
}
