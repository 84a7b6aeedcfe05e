using System.Buffers;
using System.CommandLine;
using Hawser.Cli.Bench;
using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Commands;

/// <summary><c>hawser bench</c>: loads a method and measures it.</summary>
internal static class BenchCommand
{
    private const string Details = $$"""
        Load a method of any kind, and show calls, messages and bytes per second, and latencies.

        Messages and bytes are counted in the busier direction, bytes without frames. A latency is the time from the start of a call to
        its end; with --rate from the moment that the call was due, so that a node that stalls cannot hide it.

        Examples:
          hawser bench tcp://127.0.0.1:4772 Quickstart/Ping --payload 64 --connections 8 --callers 100
          hawser bench tcp://127.0.0.1:4772 Quickstart/Ping --payload 8 --connections 100 --calls 5000 --in-flight all
          hawser bench tcp://127.0.0.1:4772 Quickstart/Ping --payload 64 --rate 20000 --duration 10s
          hawser bench tcp://127.0.0.1:4772 Quickstart/Flood '{"messages":10000000,"bytes":100}'
          hawser bench tcp://127.0.0.1:4772 Quickstart/Upload --payload 1GiB --json
          hawser bench grpc://127.0.0.1:4770 Quickstart/Ping --payload 64 --connections 8 --callers 100
          hawser bench grpc://127.0.0.1:50051 shop.v1.Shop/Find '{"name":"tea"}' --proto shop/v1/shop.proto --duration 10s

        Over gRPC the request is encoded once. --payload fills a request whose only field is bytes; others are given as JSON.

        {{ExitCode.Help}}
        """;

    public static Command Create()
    {
        var address = CommonOptions.CreateAddress();
        var method = CommonOptions.CreateMethod();
        var json = new Argument<string?>("JSON") { Description = "The request of every call: JSON or @FILE.", Arity = ArgumentArity.ZeroOrOne };
        var options = new BenchOptions();
        var asJson = new Option<bool>("--json") { Description = "Print one JSON object; latencies are in microseconds." };
        var metadata = MetadataOption.Create();
        var proto = new ProtoOptions(withMessages: true);
        var connect = new ConnectOptions("How long a call may take, and connecting before; for ever by default.");
        var command = new Subcommand("bench", "Load a method and measure it.", Details) { address, method, json };
        options.AddTo(command);
        command.Options.Add(asJson);
        command.Options.Add(metadata);
        proto.AddTo(command);
        connect.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new CallTarget(parsed.GetRequiredValue(address), CommonOptions.ReadMethod(parsed, method), connect.Read(parsed, parsed.GetRequiredValue(address)))
            {
                Metadata = parsed.GetValue(metadata),
                Messages = proto.Read(parsed),
            },
            parsed.GetValue(json),
            options.ReadPlan(parsed),
            options.ReadPayload(parsed),
            parsed.GetValue(asJson),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CallTarget target, string? json, BenchPlan plan, BenchPayload payload, bool asJson, CancellationToken cancellationToken)
    {
        using var input = RequestInput.Open(json, Stream.Null);
        var message = await input.ReadMessageAsync(cancellationToken);
        var method = await DescribeAsync(target, cancellationToken);
        var request = Request(method, message, payload);
        if (method.Description.IsOneWay)
            throw new CommandException(ExitCode.Usage, $"{method.Name} is one-way: nothing comes back that could be measured.");
        if (!asJson)
            await Console.Out.WriteLineAsync($"{target.Address} {method.Name} ({method.Description.Kind}): {plan.Describe()}{Environment.NewLine}");
        var result = await MeasureAsync(target, method.Description, plan, payload, request, cancellationToken);
        if (asJson)
        {
            Console.WriteLine(BenchReport.Json(result));
        }
        else
        {
            foreach (var line in BenchReport.Text(result, Console.IsOutputRedirected ? 80 : Math.Max(40, Console.WindowWidth - 1)))
                Console.WriteLine(line);
        }

        return result.Total.Errors == 0 ? ExitCode.Ok : (int)(result.Total.FirstError?.Code ?? StatusCode.Unknown);
    }

    private static async Task<CalledMethod> DescribeAsync(CallTarget target, CancellationToken cancellationToken)
    {
        await using var channel = await target.ConnectAsync(cancellationToken);
        return await target.DescribeAsync(channel, cancellationToken)
            ?? CalledMethod.Assumed(new MethodDescription(target.Method, Body.Message, Body.Message, IsOneWay: false));
    }

    /// <summary>What every call sends, encoded once.</summary>
    private static ReadOnlyMemory<byte> Request(CalledMethod method, ReadOnlyMemory<byte>? json, BenchPayload payload)
    {
        if (json is not null)
            return method.ToRequest(json)?.ToArray();
        return method.Description.HasRequestOctets ? ReadOnlyMemory<byte>.Empty : method.Format.CreateMessage(payload.Bytes);
    }

    private static Task<BenchResult> MeasureAsync(
        CallTarget target, MethodDescription method, BenchPlan plan, BenchPayload payload, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        // What asks every call for its metadata would cost every call: the load has them in its options.
        var isJson = string.Equals(method.Codec, JsonCodec.Default.Name, StringComparison.Ordinal);
        Task<HawserChannel> Connect(CancellationToken token) => target.OpenAsync(metadata: null, isJson, token);
        var options = target.CreateOptions(CancellationToken.None);
        if (method.ToMethod().Kind == MethodKind.Unary)
        {
            return new BenchRunner<UnaryWorkload, ReadOnlyMemory<byte>>(
                plan, Connect, stop => new UnaryWorkload(method.Name, request, options), TimeProvider.System).RunAsync(cancellationToken);
        }

        return new BenchRunner<StreamWorkload, Empty>(
            plan,
            Connect,
            stop => new StreamWorkload(method, request, payload.Bytes, payload.Messages, options with { CancellationToken = stop }),
            TimeProvider.System).RunAsync(cancellationToken);
    }
}
