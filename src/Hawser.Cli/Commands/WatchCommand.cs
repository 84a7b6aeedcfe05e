using System.CommandLine;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Cli.Watching;
using Spectre.Console;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser watch</c>: shows what goes on in a node.</summary>
internal static class WatchCommand
{
    private const string Details = $$"""
        Show a node's connections, calls, bytes and round trips, and the calls of each method since somebody watches, until Ctrl-C: tables on a terminal,
        otherwise one line per interval, and with --json one JSON object per line. Rates are of the last interval. Tables leave out columns and rows that
        a small terminal has no room for.

        While the node is away it says so, waits for it, and goes on. A node that was never reached is waited for with --wait-for-ready only.

        Examples:
          hawser watch tcp://127.0.0.1:4772
          hawser watch tcp://127.0.0.1:4772 --once
          hawser watch tls://node-1:4773,tls://node-2:4773 --interval 5s
          hawser watch grpc://127.0.0.1:4770 --json | jq .calls_per_second

        'hawser up' can be watched unless it runs with --no-watch; a server of yours after server.MapWatch().

        {{ExitCode.Help}}
        """;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var address = CommonOptions.CreateAddress();
        var interval = CommonOptions.CreateDuration("--interval", "How long after one look at the node it takes the next, from 50ms to 1h; 1s by default.");
        var once = new Option<bool>("--once") { Description = "Show it once, without rates, and end." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object per line." };
        var connections = CommonOptions.CreateNumber("--connections", "How many connections are shown, the busiest; 20 by default.", 0, 1000);
        var methods = CommonOptions.CreateNumber("--methods", "How many methods are shown, the most called; 10 by default.", 0, 1000);
        var metadata = MetadataOption.Create();
        var connect = new ConnectOptions(deadlineMeaning: null);
        var command = new Subcommand("watch", "Show what goes on in a node.", Details) { address, interval, once, json, connections, methods, metadata };
        connect.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Peer(parsed.GetRequiredValue(address), connect.Read(parsed, parsed.GetRequiredValue(address))),
            parsed.GetValue(metadata),
            new WatchRequest
            {
                IntervalMilliseconds = Milliseconds(parsed.GetValue(interval) ?? TimeSpan.FromSeconds(1)),
                MaxConnections = parsed.GetValue(connections) ?? 20,
                MaxMethods = parsed.GetValue(methods) ?? 10,
            },
            parsed.GetValue(json),
            parsed.GetValue(once),
            cancellationToken));
        return command;
    }

    private static int Milliseconds(TimeSpan interval) => interval >= ShortestInterval && interval <= LongestInterval
        ? (int)interval.TotalMilliseconds
        : throw new CommandException(ExitCode.Usage, $"--interval is {Duration.Format(interval)}; write a time from 50ms to 1h.");

    private static async Task<int> RunAsync(
        Peer peer, Metadata? metadata, WatchRequest request, bool json, bool once, CancellationToken cancellationToken)
    {
        var isTable = !json && !Console.IsOutputRedirected;
        if (isTable && !once)
            return await ShowTablesAsync(new TableDisplay(peer.Address, AnsiConsole.Console), display => new WatchLoop(peer, metadata, request, display).RunAsync(cancellationToken));
        var loop = new WatchLoop(peer, metadata, request, isTable ? new TableOutput(peer.Address) : CreateLines(json));
        await (once ? loop.RunOnceAsync(cancellationToken) : loop.RunAsync(cancellationToken));
        return ExitCode.Ok;
    }

    private static async Task<int> ShowTablesAsync(TableDisplay display, Func<IWatchDisplay, Task> watch)
    {
        AnsiConsole.Cursor.Hide();
        try
        {
            display.ShowConnecting();
            await watch(display);
            return ExitCode.Ok;
        }
        finally
        {
            // The terminal has shown the ^C of who stops it, where the next line is to stand.
            AnsiConsole.Write(new ControlCode("\r\e[K"));
            AnsiConsole.Cursor.Show();
        }
    }

    private static IWatchDisplay CreateLines(bool json)
    {
        var output = new LineOutput(StandardOutput.Open());
        return json ? new JsonDisplay(output) : new LineDisplay(output);
    }
}
