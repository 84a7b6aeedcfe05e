using System.Buffers;
using System.CommandLine;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Cli.Transfers;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser send</c>: sends a file's bytes to a method that takes octets.</summary>
internal static class SendCommand
{
    private const string Details = $$"""
        Send a file, or standard input, to a method that takes octets, and print its reply as a line of JSON.

        Progress goes to standard error: a bar on a terminal, a line every 5 s otherwise.

        Examples:
          hawser send big.iso tcp://127.0.0.1:4772 Quickstart/Upload
          tar c . | hawser send - tcp://127.0.0.1:4772 Quickstart/Upload

        Over grpc:// and grpcs:// the other end must be a node of Hawser, as only those know octets; 'hawser call' moves messages with any server.

        {{ExitCode.Help}}
        """;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file to send; - for standard input." };
        var address = CommonOptions.CreateAddress();
        var method = CommonOptions.CreateMethod();
        var json = new Argument<string?>("JSON")
        {
            Description = "The message that goes before the octets, for methods that take both: JSON or @FILE.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var metadata = MetadataOption.Create();
        var connect = new ConnectOptions("How long the whole transfer may take, for instance 10m; for ever by default.");
        var command = new Subcommand("send", "Send a file to a method that takes octets.", Details) { file, address, method, json, metadata };
        connect.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(file),
            new CallTarget(parsed.GetRequiredValue(address), CommonOptions.ReadMethod(parsed, method), connect.Read(parsed, parsed.GetRequiredValue(address)))
            {
                Metadata = parsed.GetValue(metadata),
                Messages = new ProtoSettings { Codec = JsonCodec.Default.Name },
            },
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, CallTarget target, string? json, CancellationToken cancellationToken)
    {
        var fromStandardInput = string.Equals(path, "-", StringComparison.Ordinal);
        if (fromStandardInput && string.Equals(json, "-", StringComparison.Ordinal))
            throw new CommandException(ExitCode.Usage, "only one of FILE and JSON can be standard input.");
        using var source = fromStandardInput ? Console.OpenStandardInput() : InputFile.OpenRead(path);
        using var input = RequestInput.Open(json, Console.OpenStandardInput());
        var message = await input.ReadMessageAsync(cancellationToken);

        await using var channel = await target.ConnectAsync(cancellationToken);
        var method = (await target.DescribeOctetsAsync(channel, cancellationToken))?.Description
            ?? new MethodDescription(target.Method, message is null ? Body.Octets : Body.MessageAndOctets, Body.Message, IsOneWay: false);
        if (!method.HasRequestOctets)
            throw new CommandException(ExitCode.Usage, $"{method.Name} ({method.Kind}) takes no octets; use 'hawser call'.");
        if (method.HasResponseOctets)
            throw new CommandException(ExitCode.Usage, $"{method.Name} answers with octets too, which this command cannot take.");

        var options = target.CreateOptions(cancellationToken);
        await using var call = await channel.StartAsync(method.ToMethod(), options);
        var meter = new TransferMeter(TimeProvider.System) { Total = source is FileStream { CanSeek: true } file ? file.Length : null };
        var name = fromStandardInput ? "standard input" : $"'{path}'";
        var reply = Array.Empty<byte>();
        await TransferDisplay.RunAsync(
            "sent",
            meter,
            () => CallExchange.RunAsync(
                token => SendAsync(call, method, message, source, name, meter, token),
                async () => reply = await ReceiveAsync(call, cancellationToken),
                cancellationToken),
            TimeProvider.System);
        if (reply.Length > 0)
            new ReplyPrinter(StandardOutput.Open(), JsonFormat.Instance).Print(new ReadOnlySequence<byte>(reply));
        return ExitCode.Ok;
    }

    private static async Task SendAsync(
        ClientCall call, MethodDescription method, ReadOnlyMemory<byte>? message, Stream source, string name, TransferMeter meter, CancellationToken cancellationToken)
    {
        if (method.Request == Body.MessageAndOctets)
        {
            var first = message ?? throw new CommandException(ExitCode.Usage, $"{method.Name} takes a message before the octets; give it as JSON.");
            if (!await call.WriteAsync(new ReadOnlySequence<byte>(first)))
                return;
        }

        await OctetCopy.SendAsync(source, name, call.RequestOctets, meter, cancellationToken);
    }

    private static async Task<byte[]> ReceiveAsync(ClientCall call, CancellationToken cancellationToken)
    {
        var reply = Array.Empty<byte>();
        while (await call.ReadAsync())
            reply = call.Message.ToArray();
        call.ThrowUnlessOk(cancellationToken);
        return reply;
    }
}
