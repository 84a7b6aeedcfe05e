using System.Buffers;
using System.Diagnostics;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Grpc;

/// <summary><c>grpc-stream --address grpc://HOST:PORT</c>: one server stream, received to its end; the counterpart of <c>grpcgo stream</c>.</summary>
internal static class GrpcStream
{
    private const double WarmupShare = 0.1;

    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("address");
        var messages = arguments.Number("messages", 5_000_000);
        var bytes = arguments.Number("payload", 100);
        var isWarm = Rpc.Octets.Timer(arguments.Seconds("warmup", 2));
        arguments.RejectTheRest();

        await using var channel = HawserChannel.Connect(address, GrpcChannels.Options);
        while (!isWarm())
            await ReceiveAsync(channel, Math.Max((int)(messages * WarmupShare), 1), bytes);
        var start = Stopwatch.GetTimestamp();
        await ReceiveAsync(channel, messages, bytes);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        new LoadReport { MessagesPerSecond = messages / seconds, BytesPerSecond = (double)messages * bytes / seconds }.Print();
    }

    private static async Task ReceiveAsync(HawserChannel channel, int messages, int bytes)
    {
        var received = 0;
        await foreach (var message in channel.StreamAsync<byte[], ReadOnlySequence<byte>>(GrpcEndpoints.Flood, GrpcEndpoints.FloodRequest(messages, bytes)))
        {
            received++;
            if (message.Length != bytes)
                throw new InvalidDataException($"A message has {message.Length} bytes instead of {bytes}.");
        }

        if (received != messages)
            throw new InvalidDataException($"{received} messages came instead of {messages}.");
    }
}
