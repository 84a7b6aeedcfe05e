using System.Buffers;
using System.CommandLine;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Cli.Transfers;
using Hawser.Node.Quickstart;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser receive</c>: writes the octets that a method answers with to a file.</summary>
internal static class ReceiveCommand
{
    private const string Details = $$"""
        Call a method that answers with octets, and write them to a file or to standard output.

        The file appears under its name when it is whole; until then it is FILE's directory's hidden '.FILE.….part'.
        Progress goes to standard error: a bar on a terminal, a line every 5 s otherwise. The time left is known when the node
        sends the response header 'octets-length'.

        Examples:
          hawser receive tcp://127.0.0.1:4772 Quickstart/Download '{"bytes":1000000000}' big.bin
          hawser receive tcp://127.0.0.1:4772 Quickstart/Download '{"bytes":1000}' - | xxd | head

        Over grpc:// and grpcs:// the other end must be a node of Hawser, as only those know octets; 'hawser call' moves messages with any server.

        {{ExitCode.Help}}
        """;

    public static Command Create()
    {
        var address = CommonOptions.CreateAddress();
        var method = CommonOptions.CreateMethod();

        // One argument for both: the optional one comes first, which the parser could not tell from the other.
        var rest = new Argument<string[]>("[JSON] FILE")
        {
            Description = "The request (JSON or @FILE), if the method wants one; then where the octets go, - for standard output.",
            Arity = new ArgumentArity(1, 2),
        };
        var metadata = MetadataOption.Create();
        var connect = new ConnectOptions("How long the whole transfer may take, for instance 10m; for ever by default.");
        var command = new Subcommand("receive", "Write the octets that a method answers with to a file.", Details) { address, method, rest, metadata };
        connect.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var jsonAndFile = parsed.GetRequiredValue(rest);
            return RunAsync(
                new CallTarget(parsed.GetRequiredValue(address), CommonOptions.ReadMethod(parsed, method), connect.Read(parsed, parsed.GetRequiredValue(address)))
                {
                    Metadata = parsed.GetValue(metadata),
                    Messages = new ProtoSettings { Codec = JsonCodec.Default.Name },
                },
                jsonAndFile.Length == 2 ? jsonAndFile[0] : null,
                jsonAndFile[^1],
                cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(CallTarget target, string? json, string path, CancellationToken cancellationToken)
    {
        using var input = RequestInput.Open(json, Console.OpenStandardInput());
        var message = await input.ReadMessageAsync(cancellationToken);
        await using var channel = await target.ConnectAsync(cancellationToken);
        var method = (await target.DescribeOctetsAsync(channel, cancellationToken))?.Description
            ?? new MethodDescription(target.Method, message is null ? Body.Empty : Body.Message, Body.Octets, IsOneWay: false);
        if (!method.HasResponseOctets || method.Request > Body.Message)
            throw new CommandException(ExitCode.Usage, $"{method.Name} does not answer one message with octets; use 'hawser describe' to see what it does.");

        var options = target.CreateOptions(cancellationToken);
        await using var call = await channel.StartAsync(method.ToMethod(), options);
        if (message is { } request)
            await call.WriteAsync(new ReadOnlySequence<byte>(request));
        await call.CompleteAsync();
        if (string.Equals(path, "-", StringComparison.Ordinal))
        {
            await ReceiveAsync(call, method, StandardOutput.Open(), "standard output", Console.Error, cancellationToken);
            return ExitCode.Ok;
        }

        using var file = OutputFile.Create(path);
        await ReceiveAsync(call, method, file.Stream, $"'{path}'", Console.Out, cancellationToken);
        file.Keep();
        return ExitCode.Ok;
    }

    private static async Task ReceiveAsync(
        ClientCall call, MethodDescription method, Stream output, string name, TextWriter replies, CancellationToken cancellationToken)
    {
        var meter = new TransferMeter(TimeProvider.System);
        await TransferDisplay.RunAsync("received", meter, TransferAsync, TimeProvider.System);

        async Task TransferAsync()
        {
            var headers = await call.ReadHeadersAsync();
            if (long.TryParse(headers[QuickstartService.OctetsLengthHeader], out var total))
                meter.Total = total;
            if (method.Response == Body.MessageAndOctets)
            {
                if (!await call.ReadAsync())
                {
                    call.ThrowUnlessOk(cancellationToken);
                    return;
                }

                await replies.WriteLineAsync(System.Text.Encoding.UTF8.GetString(call.Message.ToArray()));
            }

            await OctetCopy.ReceiveAsync(call.ResponseOctets, output, name, meter, cancellationToken);
        }
    }
}
