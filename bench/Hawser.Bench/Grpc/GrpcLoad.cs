using System.Diagnostics;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Grpc;

/// <summary><c>grpc-load --address grpc://HOST:PORT</c>: a closed loop of unary calls, the counterpart of <c>grpcgo client</c>.</summary>
internal static class GrpcLoad
{
    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("address");
        var connections = arguments.Number("connections", 8);
        var callers = arguments.Number("callers", 100);
        var payload = new byte[arguments.Number("payload", 64)];
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();

        var channels = Enumerable.Range(0, connections).Select(_ => HawserChannel.Connect(address, GrpcChannels.Options)).ToArray();
        await CallAsync(channels, callers, payload, Rpc.Octets.Timer(warmup));
        var start = Stopwatch.GetTimestamp();
        var latencies = await CallAsync(channels, callers, payload, Rpc.Octets.Timer(duration));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (var channel in channels)
            await channel.DisposeAsync();

        new LoadReport { CallsPerSecond = latencies.Count / seconds, MessagesPerSecond = latencies.Count / seconds }.With(latencies).Print();
    }

    private static async Task<Histogram> CallAsync(HawserChannel[] channels, int callers, ReadOnlyMemory<byte> payload, Func<bool> isOver)
    {
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(channels[caller % channels.Length], payload, isOver))));
        var latencies = new Histogram();
        foreach (var one in all)
            latencies.Merge(one);
        return latencies;
    }

    private static async Task<Histogram> CallAsync(HawserChannel channel, ReadOnlyMemory<byte> payload, Func<bool> isOver)
    {
        var latencies = new Histogram();
        while (!isOver())
        {
            var from = Stopwatch.GetTimestamp();
            var reply = await channel.CallAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(GrpcEndpoints.Ping, payload);
            latencies.RecordSince(from);
            if (reply.Length != payload.Length)
                throw new InvalidDataException($"{payload.Length} bytes were sent, {reply.Length} came back.");
        }

        return latencies;
    }
}
