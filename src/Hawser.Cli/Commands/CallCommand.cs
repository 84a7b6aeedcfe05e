using System.Buffers;
using System.CommandLine;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser call</c>: calls a method of any kind with JSON.</summary>
internal static class CallCommand
{
    private const string Details = $$"""
        Call a method and print each reply as a line of JSON.

        Examples:
          hawser call tcp://127.0.0.1:4772 Quickstart/Echo '{"text":"hi"}'
          hawser call tcp://127.0.0.1:4772 Quickstart/Count '{"to":3}'
          printf '{"value":1}\n{"value":2}\n' | hawser call tcp://127.0.0.1:4772 Quickstart/Sum -
          hawser call unix:/run/hawser.sock Quickstart/Echo @request.json --metadata user=ann --deadline 2s -v

        While it waits it serves Client/Hello, for nodes that call their caller back.
        A reply that is not JSON is printed as {"base64":"…"}. For methods with octets use 'hawser send' and 'hawser receive'.

        {{ExitCode.Help}}
        """;

    public static Command Create()
    {
        var address = CommonOptions.CreateAddress();
        var method = CommonOptions.CreateMethod();
        var json = new Argument<string?>("JSON") { Description = RequestInput.Help, Arity = ArgumentArity.ZeroOrOne };
        var metadata = MetadataOption.Create();
        var deadline = CommonOptions.CreateDuration("--deadline", "How long to wait for the end of the call, for instance 500ms or 2s; for ever by default.");
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show metadata, status and timing on standard error." };
        var tls = new TlsOptions();
        var command = new Subcommand("call", "Call a method with JSON and print its replies.", Details) { address, method, json, metadata, deadline, verbose };
        tls.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new CallTarget(parsed.GetRequiredValue(address), parsed.GetRequiredValue(method), tls.Read(parsed), parsed.GetValue(deadline)),
            parsed.GetValue(json),
            parsed.GetValue(metadata),
            new CallTrace(parsed.GetValue(verbose) ? Console.Error : null, TimeProvider.System),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CallTarget target, string? json, Metadata? metadata, CallTrace trace, CancellationToken cancellationToken)
    {
        using var input = RequestInput.Open(json, Console.OpenStandardInput());
        await using var channel = await target.ConnectAsync(cancellationToken);
        ClientService.MapTo(channel.Endpoints);
        trace.Connected(target.Address);
        var described = await target.DescribeAsync(channel, cancellationToken);
        var method = described ?? new MethodDescription(target.Method, Body.Message, Body.Message, IsOneWay: false);
        if (method.HasRequestOctets)
            throw new CommandException(ExitCode.Usage, $"{method.Name} takes octets; use 'hawser send FILE {target.Address} {method.Name}'.");
        if (method.HasResponseOctets)
            throw new CommandException(ExitCode.Usage, $"{method.Name} answers with octets; use 'hawser receive {target.Address} {method.Name} [JSON] FILE'.");

        trace.Request(method, described is not null, metadata);
        var options = target.CreateOptions(metadata, cancellationToken);
        await ExchangeAsync(channel, method, input, options, trace);
        return ExitCode.Ok;
    }

    private static async Task ExchangeAsync(HawserChannel channel, MethodDescription method, RequestInput input, CallOptions options, CallTrace trace)
    {
        var message = method.Request == Body.Stream ? null : await input.ReadMessageAsync(options.CancellationToken);
        await using var call = await channel.StartAsync(method.ToMethod(), options);
        await CallExchange.RunAsync(
            token => method.Request == Body.Stream ? SendStreamAsync(call, input, token) : SendMessageAsync(call, message),
            () => ReceiveAsync(call, trace, options.CancellationToken),
            options.CancellationToken);
    }

    private static async Task SendMessageAsync(ClientCall call, ReadOnlyMemory<byte>? message)
    {
        if (message is { } bytes)
            await call.WriteAsync(new ReadOnlySequence<byte>(bytes));
        await call.CompleteAsync();
    }

    private static async Task SendStreamAsync(ClientCall call, RequestInput input, CancellationToken cancellationToken)
    {
        await foreach (var message in input.ReadMessagesAsync(cancellationToken))
        {
            if (!await call.WriteAsync(message))
                return;
        }

        await call.CompleteAsync();
    }

    private static async Task ReceiveAsync(ClientCall call, CallTrace trace, CancellationToken cancellationToken)
    {
        if (trace.IsOn)
            trace.Headers(await call.ReadHeadersAsync());
        var count = await new ReplyPrinter(StandardOutput.Open()).PrintAllAsync(call);
        if (call.Status is { } status)
            trace.End(status, call.Trailers, count);
        call.ThrowUnlessOk(cancellationToken);
    }
}
