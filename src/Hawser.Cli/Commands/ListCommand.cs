using System.CommandLine;
using System.Text.Json;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Spectre.Console;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser list</c>: what a node serves.</summary>
internal static class ListCommand
{
    private const string Details = """
        List the methods of a node: a table on a terminal, otherwise a line each with name, kind, request and response between tabs.

        Example:
          hawser list tcp://127.0.0.1:4772
        """;

    public static Command Create()
    {
        var address = CommonOptions.CreateAddress();
        var tls = new TlsOptions();
        var command = new Subcommand("list", "List the methods of a node.", Details) { address };
        tls.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(address), tls.Read(parsed), cancellationToken));
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

    private static async Task<int> RunAsync(string address, HawserChannelOptions options, CancellationToken cancellationToken)
    {
        await using var channel = await Peer.ConnectAsync(address, options, cancellationToken);
        var methods = Parse(await Reflection.ListAsync(channel, cancellationToken));
        methods.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        if (Console.IsOutputRedirected)
            PrintLines(methods);
        else
            PrintTable(methods);
        return ExitCode.Ok;
    }

    private static void PrintLines(List<MethodDescription> methods)
    {
        foreach (var method in methods)
            Console.WriteLine($"{method.Name}\t{method.Kind}\t{method.Request}\t{method.Response}");
    }

    private static void PrintTable(List<MethodDescription> methods)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Method", "Kind", "Request", "Response");
        foreach (var method in methods)
            table.AddRow(Markup.Escape(method.Name), method.Kind, $"{method.Request}", $"{method.Response}");
        AnsiConsole.Write(table);
    }
}
