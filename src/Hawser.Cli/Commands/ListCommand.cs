using System.CommandLine;
using System.Text.Json;
using Hawser.Cli.Calls;
using Hawser.Cli.Grpc;
using Hawser.Cli.Parsing;
using Spectre.Console;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser list</c>: what a node serves.</summary>
internal static class ListCommand
{
    private const string Details = """
        List the methods of a node, of any gRPC server with reflection, or of .proto files: a table on a terminal, otherwise a line each with name, kind,
        request and response between tabs. For gRPC request and response are the names of their types.

        Examples:
          hawser list tcp://127.0.0.1:4772
          hawser list grpc://127.0.0.1:4770
          hawser list grpc://127.0.0.1:4770 grpc.health.v1.Health
          hawser list --proto shop/v1/shop.proto -I protos
        """;

    public static Command Create()
    {
        var target = new TargetArgument("SERVICE", "SERVICE: only this service's methods.");
        var metadata = MetadataOption.Create();
        var proto = new ProtoOptions(withMessages: false);
        var connect = new ConnectOptions("How long to wait for the answer, and as long again for the connection, for instance 2s; for ever by default.");
        var command = new Subcommand("list", "List the methods of a node.", Details);
        target.AddTo(command);
        command.Options.Add(metadata);
        proto.AddTo(command);
        connect.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = proto.Read(parsed);
            var (address, service) = target.Read(parsed, settings);
            var methods = address is null
                ? await GrpcLists.ReadFilesAsync(settings, service, cancellationToken)
                : await ReadAsync(new Peer(address, connect.Read(parsed, address)), parsed.GetValue(metadata), service, cancellationToken);
            Print(methods);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Reads what <c>hawser.Reflection/List</c> answered.</summary>
    /// <exception cref="RpcException">The answer cannot be understood.</exception>
    internal static List<MethodDescription> Parse(ReadOnlySpan<byte> answer)
    {
        try
        {
            var root = JsonElement.Parse(answer);
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("methods", out var methods))
                root = methods;
            return root.ValueKind == JsonValueKind.Array
                ? [.. root.EnumerateArray().Select(MethodDescription.Parse)]
                : throw new FormatException("it is not a list");
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The node's list of methods cannot be understood: {exception.Message}."), null, exception);
        }
    }

    private static async Task<IEnumerable<ListedMethod>> ReadAsync(Peer peer, Metadata? metadata, string? service, CancellationToken cancellationToken)
    {
        await using var channel = await peer.OpenAsync(metadata, isJson: false, cancellationToken);
        return await peer.WithinDeadlineAsync(token => ReadAsync(peer, channel, service, token), $"{peer.Address} did not say what it serves", cancellationToken);
    }

    private static async Task<IEnumerable<ListedMethod>> ReadAsync(Peer peer, HawserChannel channel, string? service, CancellationToken cancellationToken)
    {
        if (peer.IsGrpc)
            return await GrpcLists.ReadServerAsync(channel, peer.Address, service, cancellationToken);
        var described = Parse(await Reflection.ListAsync(channel, cancellationToken)).Select(ListedMethod.Of).ToList();
        if (service is null)
            return described;
        var wanted = described.Where(method => method.Name.StartsWith(service + "/", StringComparison.Ordinal)).ToList();
        var services = described.Select(method => method.Name[..method.Name.IndexOf('/', StringComparison.Ordinal)]).Distinct(StringComparer.Ordinal);
        return wanted.Count > 0
            ? wanted
            : throw new RpcException(StatusCode.NotFound, $"{peer.Address} has no service '{service}'.{Suggestions.For(service, services)}");
    }

    private static void Print(IEnumerable<ListedMethod> methods)
    {
        var sorted = methods.OrderBy(method => method.Name, StringComparer.Ordinal);
        if (Console.IsOutputRedirected)
            PrintLines(sorted);
        else
            PrintTable(sorted);
    }

    private static void PrintLines(IEnumerable<ListedMethod> methods)
    {
        foreach (var method in methods)
            Console.WriteLine($"{method.Name}\t{method.Kind}\t{method.Request}\t{method.Response}");
    }

    private static void PrintTable(IEnumerable<ListedMethod> methods)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Method", "Kind", "Request", "Response");
        foreach (var method in methods)
            table.AddRow(Markup.Escape(method.Name), method.Kind, Markup.Escape(method.Request), Markup.Escape(method.Response));
        AnsiConsole.Write(table);
    }
}
