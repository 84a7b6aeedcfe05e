using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Cli.Calls;
using Hawser.Cli.Grpc;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser describe</c>: what one method takes and gives, or what a gRPC schema declares.</summary>
internal static class DescribeCommand
{
    private const string Details = """
        Show a method's kind, and its request and response as JSON Schema.

        Over gRPC, or with --proto or --descriptor-set, SYMBOL may also be a service, message or enum, and is shown as .proto text; without SYMBOL all
        services are. What a server's reflection tells can be written to files.

        Examples:
          hawser describe tcp://127.0.0.1:4772 Quickstart/Count
          hawser describe grpc://127.0.0.1:4770 Quickstart/Count
          hawser describe grpc://127.0.0.1:4770 Quickstart/Count --template
          hawser describe grpc://127.0.0.1:4770 CountRequest --json-schema
          hawser describe grpc://127.0.0.1:4770 --proto-out protos
          hawser describe --proto shop/v1/shop.proto shop.v1.Order
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var target = new TargetArgument("SYMBOL", "SYMBOL: a method's full name, and over gRPC that of a service, message or enum as well.");
        var jsonSchema = new Option<bool>("--json-schema") { Description = "Show the JSON Schema of a message, or of a method's messages." };
        var template = new Option<bool>("--template", "--msg-template") { Description = "Show a message, or a method's request, as JSON to fill in (gRPC only)." };
        var protoOut = new Option<string?>("--proto-out") { Description = "Write the schema into this directory as .proto files (gRPC only).", HelpName = "DIR" };
        var setOut = new Option<string?>("--descriptor-set-out", "--protoset-out") { Description = "Write the schema to this file as a descriptor set (gRPC only).", HelpName = "FILE" };
        var metadata = MetadataOption.Create();
        var proto = new ProtoOptions(withMessages: false);
        var connect = new ConnectOptions("How long to wait for the answer, and as long again for the connection, for instance 2s; for ever by default.");
        var command = new Subcommand("describe", "Show what a method takes and gives.", Details) { jsonSchema, template, protoOut, setOut, metadata };
        target.AddTo(command);
        proto.AddTo(command);
        connect.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = proto.Read(parsed);
            var (address, symbol) = target.Read(parsed, settings);
            var wanted = new DescribeSettings
            {
                Symbol = symbol,
                JsonSchema = parsed.GetValue(jsonSchema),
                Template = parsed.GetValue(template),
                ProtoDirectory = parsed.GetValue(protoOut),
                DescriptorSetFile = parsed.GetValue(setOut),
            };
            if (address is null)
                return GrpcDescriptions.DescribeFilesAsync(settings, wanted, cancellationToken);
            var peer = new Peer(address, connect.Read(parsed, address));
            return peer.IsGrpc
                ? GrpcDescriptions.DescribeServerAsync(peer, parsed.GetValue(metadata), wanted, cancellationToken)
                : DescribeByNodeAsync(peer, parsed.GetValue(metadata), wanted, cancellationToken);
        });
        return command;
    }

    /// <summary>Prints what a node says of a method.</summary>
    public static async Task<int> PrintByNodeAsync(CallInvoker channel, string method, CancellationToken cancellationToken)
    {
        var answer = await Reflection.DescribeAsync(channel, method, cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(JsonElement.Parse(answer), Indented));
        return ExitCode.Ok;
    }

    private static async Task<int> DescribeByNodeAsync(Peer peer, Metadata? metadata, DescribeSettings wanted, CancellationToken cancellationToken)
    {
        if (wanted.Symbol is not { } method)
            throw new CommandException(ExitCode.Usage, "METHOD is missing; see 'hawser describe --help'.");
        if (wanted.Template || wanted.IsExport)
            throw new CommandException(ExitCode.Usage, $"--template, --proto-out and --descriptor-set-out are for grpc:// and grpcs://, not for {peer.Address}.");
        await using var channel = await peer.OpenAsync(metadata, isJson: false, cancellationToken);
        return await peer.WithinDeadlineAsync(token => PrintByNodeAsync(channel, method, token), $"{peer.Address} did not describe {method}", cancellationToken);
    }
}
