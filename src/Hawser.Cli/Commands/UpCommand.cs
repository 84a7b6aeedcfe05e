using System.CommandLine;
using System.Net.Sockets;
using Hawser.Cli.Parsing;
using Hawser.Node;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser up</c>: runs a node until it is told to stop.</summary>
internal static class UpCommand
{
    private const string Details = $$"""
        Run a node with the quickstart service until Ctrl-C or SIGTERM; calls in flight then have 5 s to finish.
        A second Ctrl-C ends it at once.

        It listens on {{HawserNodeOptions.DefaultListenAddress}} and {{HawserNodeOptions.DefaultGrpcListenAddress}}, and on what --listen adds. Other machines can reach it over
        tls://, quic:// and grpcs:// only, unless --insecure-listen-beyond-loopback is given. Where the library that QUIC needs is missing,
        the node says so and goes on with its other addresses.

        Examples:
          hawser up
          hawser up --listen unix:/run/hawser.sock
          hawser up --listen quic://127.0.0.1:4772
          hawser up --listen tls://0.0.0.0:4773 --listen grpcs://0.0.0.0:4774 --cert node.pem --key node.key
        """;

    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var directory = new Argument<string?>("DIR")
        {
            Description = "The node's directory, which must exist: it keeps the development certificate. By default that is in the user's own data.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var listen = new Option<string[]>("--listen") { Description = "One more address to listen on; port 0 chooses a free one. May be given more than once.", HelpName = "URI" };
        listen.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (Address.Check(token.Value) is { } wrong)
                    result.AddError(wrong);
            }
        });
        var noDefault = new Option<bool>("--no-default-listen") { Description = "Listen only on what --listen names." };
        var insecure = new Option<bool>("--insecure-listen-beyond-loopback")
        {
            Description = "Allow tcp:// and grpc:// addresses that other machines can reach: whoever is on the way can read and change everything.",
        };
        var certificate = new Option<string?>("--cert") { Description = "The certificate for tls://, quic:// and grpcs:// addresses: a PEM file (with --key) or a PFX file. Without it a development certificate is made, good for this machine only.", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "The private key of --cert, a PEM file.", HelpName = "FILE" };
        var noWatch = new Option<bool>("--no-watch") { Description = "Do not let 'hawser watch' see who is connected." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Log to standard error what the node does." };
        var command = new Subcommand("up", "Run a node with the quickstart service.", Details) { directory, listen, noDefault, insecure, certificate, key, noWatch, verbose };
        command.SetAction((parsed, cancellationToken) =>
        {
            var served = NodeCertificate.Load(parsed.GetValue(listen) ?? [], parsed.GetValue(certificate), parsed.GetValue(key), parsed.GetValue(directory));
            return RunAsync(
                loggers => new HawserNodeOptions
                {
                    Listen = [.. parsed.GetValue(noDefault) ? [] : new[] { HawserNodeOptions.DefaultListenAddress, HawserNodeOptions.DefaultGrpcListenAddress }, .. parsed.GetValue(listen) ?? []],
                    Directory = parsed.GetValue(directory),
                    InsecureListenBeyondLoopback = parsed.GetValue(insecure),
                    Transport = served.Transport,
                    Watch = !parsed.GetValue(noWatch),
                    LoggerFactory = loggers,
                },
                served,
                parsed.GetValue(verbose),
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        Func<ILoggerFactory, HawserNodeOptions> createOptions, NodeCertificate certificate, bool verbose, CancellationToken cancellationToken)
    {
        using var loggers = verbose ? CreateLoggers() : null;
        var options = createOptions(loggers ?? (ILoggerFactory)NullLoggerFactory.Instance);
        if (options.Listen.Count == 0)
            throw new CommandException(ExitCode.Usage, "--no-default-listen leaves nothing to listen on; add --listen URI.");
        await using var node = new HawserNode(options);
        await StartAsync(node, cancellationToken);
        foreach (var sentence in node.Unavailable)
            await Console.Error.WriteLineAsync($"hawser: {sentence} The node goes on without it.");
        Greet(node.Addresses, certificate);
        await WaitAsync(cancellationToken);
        await Console.Error.WriteLineAsync($"hawser: stopping; calls in flight have {Drain.TotalSeconds:0} s (Ctrl-C again ends them now)");
        await node.StopAsync(Drain, CancellationToken.None);
        return ExitCode.Ok;
    }

    private static async Task StartAsync(HawserNode node, CancellationToken cancellationToken)
    {
        try
        {
            await node.StartAsync(cancellationToken);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new CommandException(ExitCode.NoInput, exception.Message, exception);
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.Usage, ArgumentMessage.Of(exception), exception);
        }
        catch (IOException exception) when (IsAddressInUse(exception))
        {
            throw new CommandException(
                ExitCode.Unreachable, $"{exception.Message} Does another node run? '--no-default-listen --listen tcp://127.0.0.1:0 --listen grpc://127.0.0.1:0' takes free ports.", exception);
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.Unreachable, exception.Message, exception);
        }
    }

    private static void Greet(IReadOnlyList<Uri> addresses, NodeCertificate certificate)
    {
        // Which addresses are there is known only now: QUIC's, for instance, may lack its library.
        foreach (var line in addresses.Any(address => Address.IsSecure(address.OriginalString)) ? certificate.Greeting : [])
            Console.WriteLine(line);
        foreach (var address in addresses)
            Console.WriteLine($"listening on {Display(address)}");

        // The script at the root of a checkout tells how it was called: nobody has "hawser" on the PATH there.
        var hawser = Environment.GetEnvironmentVariable("HAWSER_COMMAND") ?? "hawser";
        Console.WriteLine($"{Environment.NewLine}Try it from another terminal:");
        if (addresses.FirstOrDefault(address => !Address.IsGrpc(address.OriginalString)) is { } own)
            SuggestOwn(hawser, Display(own));
        if (addresses.FirstOrDefault(address => Address.IsGrpc(address.OriginalString)) is { } grpc)
            SuggestGrpc(hawser, Display(grpc));
        Console.WriteLine($"{Environment.NewLine}Ctrl-C stops it.");
    }

    private static void SuggestOwn(string hawser, string address) => Console.WriteLine($$"""
          {{hawser}} list {{address}}
          {{hawser}} call {{address}} Quickstart/Echo '{"text":"hi"}'
          {{hawser}} call {{address}} Quickstart/Count '{"to":3}'
          {{hawser}} send FILE {{address}} Quickstart/Upload
          {{hawser}} bench {{address}} Quickstart/Ping --payload 64 --connections 8 --callers 100
          {{hawser}} watch {{address}}
        """);

    private static void SuggestGrpc(string hawser, string address) => Console.WriteLine($$"""
          {{hawser}} list {{address}}
          {{hawser}} describe {{address}} Quickstart/Count
          {{hawser}} call {{address}} Quickstart/Count '{"to":3}'
        """);

    private static bool IsAddressInUse(IOException exception) =>
        exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };

    /// <summary>As a user would type it: without the slash that <see cref="Uri"/> adds.</summary>
    private static string Display(Uri address) => address.OriginalString.TrimEnd('/');

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
    }

    private static ILoggerFactory CreateLoggers() => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Debug)
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
}
