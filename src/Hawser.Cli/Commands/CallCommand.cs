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

        Any gRPC server; its schema comes from its reflection, or from files:
          hawser call grpc://127.0.0.1:4770 Quickstart/Count '{"to":3}'
          hawser call grpcs://api.example.org:443 shop.v1.Shop/Find '{"name":"tea"}' -H 'authorization: Bearer TOKEN'
          hawser call grpc://127.0.0.1:50051 shop.v1.Shop/Find '{"name":"tea"}' --proto shop/v1/shop.proto -I protos
        Messages are JSON by protobuf's JSON mapping; details of a status (google.rpc) are shown below it.

        While it waits it serves Client/Hello, for nodes that call their caller back (not over gRPC).
        A reply that is not JSON is printed as {"base64":"…"}. For methods with octets use 'hawser send' and 'hawser receive'.

        {{ExitCode.Help}}
        """;

    public static Command Create()
    {
        var address = CommonOptions.CreateAddress();
        var method = CommonOptions.CreateMethod();
        var json = new Argument<string?>("JSON") { Description = RequestInput.Help, Arity = ArgumentArity.ZeroOrOne };
        var metadata = MetadataOption.Create();
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show metadata, status and timing on standard error." };
        var maxMessage = CommonOptions.CreateByteSize("--max-message", "The largest reply message that is taken, for instance 64MiB; 4MiB by default, at most 1GiB.");
        var connect = new ConnectOptions("How long to wait for the end of the call, for instance 500ms or 2s; for ever by default.");
        var proto = new ProtoOptions(withMessages: true);
        var command = new Subcommand("call", "Call a method with JSON and print its replies.", Details) { address, method, json, metadata, maxMessage, verbose };
        proto.AddTo(command);
        connect.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new CallTarget(parsed.GetRequiredValue(address), CommonOptions.ReadMethod(parsed, method), connect.Read(parsed, parsed.GetRequiredValue(address)))
            {
                Limits = CommonOptions.ReadLimits(parsed, maxMessage),
                Metadata = parsed.GetValue(metadata),
                Messages = proto.Read(parsed),
            },
            parsed.GetValue(json),
            new CallTrace(parsed.GetValue(verbose) ? Console.Error : null, TimeProvider.System),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CallTarget target, string? json, CallTrace trace, CancellationToken cancellationToken)
    {
        using var input = RequestInput.Open(json, Console.OpenStandardInput());
        await using var channel = await target.ConnectAsync(cancellationToken);
        if (!target.IsGrpc)
            ClientService.MapTo(channel.Endpoints);
        trace.Connected(target.Address.Contains(',', StringComparison.Ordinal) ? (await channel.OpenAsync(cancellationToken)).RemoteAddress : target.Address);
        var method = await target.DescribeAsync(channel, cancellationToken) ?? Assume(target, json);
        var description = method.Description;
        if (description.HasRequestOctets)
            throw new CommandException(ExitCode.Usage, $"{method.Name} takes octets; use 'hawser send FILE {target.Address} {method.Name}'.");
        if (description.HasResponseOctets)
            throw new CommandException(ExitCode.Usage, $"{method.Name} answers with octets; use 'hawser receive {target.Address} {method.Name} [JSON] FILE'.");

        trace.Request(method, target.Metadata);
        var options = target.CreateOptions(cancellationToken);
        try
        {
            await ExchangeAsync(channel, method, input, options, trace);
            return ExitCode.Ok;
        }
        catch (RpcException exception) when (method.Format.DescribeDetails(exception.Status) is { Count: > 0 } details)
        {
            throw new CallFailedException(exception, details);
        }
    }

    /// <summary>What is called when nobody tells. gRPC sends all kinds in the same way, so that a stream of any number of messages fits every kind.</summary>
    private static CalledMethod Assume(CallTarget target, string? json) => CalledMethod.Assumed(target.IsGrpc
        ? new MethodDescription(target.Method, json is null ? Body.Stream : Body.Message, Body.Stream, IsOneWay: false) { Codec = JsonCodec.Default.Name }
        : new MethodDescription(target.Method, Body.Message, Body.Message, IsOneWay: false));

    private static async Task ExchangeAsync(HawserChannel channel, CalledMethod method, RequestInput input, CallOptions options, CallTrace trace)
    {
        var isStream = method.Description.Request == Body.Stream;
        var message = isStream ? null : await input.ReadMessageAsync(options.CancellationToken);
        if (message is not null && method.Description.Request == Body.Empty)
            throw new CommandException(ExitCode.Usage, $"{method.Name} takes no request; leave the JSON out.");
        var request = method.ToRequest(message);
        await using var call = await channel.StartAsync(method.Description.ToMethod(), options);
        await CallExchange.RunAsync(
            token => isStream ? SendStreamAsync(call, method.Format, input, token) : SendMessageAsync(call, request),
            () => ReceiveAsync(call, method.Format, trace, options.CancellationToken),
            options.CancellationToken);
    }

    private static async Task SendMessageAsync(ClientCall call, ReadOnlySequence<byte>? message)
    {
        if (message is { } bytes)
            await call.WriteAsync(bytes);
        await call.CompleteAsync();
    }

    private static async Task SendStreamAsync(ClientCall call, MessageFormat format, RequestInput input, CancellationToken cancellationToken)
    {
        await foreach (var message in input.ReadMessagesAsync(cancellationToken))
        {
            if (!await call.WriteAsync(format.ToMessage(message)))
                return;
        }

        await call.CompleteAsync();
    }

    /// <summary>The headers, or none when the call ended before it had any: how it ended is shown by itself.</summary>
    private static async Task<Metadata> ReadHeadersAsync(ClientCall call)
    {
        try
        {
            return await call.ReadHeadersAsync();
        }
        catch (RpcException) when (call.Status is not null)
        {
            return Metadata.Empty;
        }
    }

    private static async Task ReceiveAsync(ClientCall call, MessageFormat format, CallTrace trace, CancellationToken cancellationToken)
    {
        if (trace.IsOn)
            trace.Headers(await ReadHeadersAsync(call));
        var count = await new ReplyPrinter(StandardOutput.Open(), format).PrintAllAsync(call);
        if (call.Status is { } status)
            trace.End(status, call.Trailers, count);
        call.ThrowUnlessOk(cancellationToken);
    }
}
