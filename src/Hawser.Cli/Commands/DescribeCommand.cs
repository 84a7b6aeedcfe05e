using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser describe</c>: what one method takes and gives.</summary>
internal static class DescribeCommand
{
    private const string Details = """
        Show a method's kind, and its request and response as JSON Schema.

        Example:
          hawser describe tcp://127.0.0.1:4772 Quickstart/Count
        """;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var address = CommonOptions.CreateAddress();
        var method = CommonOptions.CreateMethod();
        var tls = new TlsOptions();
        var command = new Subcommand("describe", "Show what a method takes and gives.", Details) { address, method };
        tls.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(address), parsed.GetRequiredValue(method), tls.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string address, string method, HawserChannelOptions options, CancellationToken cancellationToken)
    {
        await using var channel = await Peer.ConnectAsync(address, options, cancellationToken);
        var answer = await Reflection.DescribeAsync(channel, method, cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(JsonElement.Parse(answer), Indented));
        return ExitCode.Ok;
    }
}
