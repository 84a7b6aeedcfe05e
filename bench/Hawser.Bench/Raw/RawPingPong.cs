using System.Diagnostics;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Raw;

/// <summary><c>raw-pingpong</c>: one connection, one message under way. The round trip that no call can beat.</summary>
internal static class RawPingPong
{
    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("address");
        var payload = arguments.Number("payload", 64);
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();

        using var socket = await RawSocket.ConnectAsync(address, RawWork.PingPong, payload);
        await PlayAsync(socket, payload, warmup);
        var start = Stopwatch.GetTimestamp();
        var latencies = await PlayAsync(socket, payload, duration);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        new LoadReport
        {
            CallsPerSecond = latencies.Count / seconds,
            MessagesPerSecond = latencies.Count / seconds,
            BytesPerSecond = latencies.Count * payload / seconds,
        }.With(latencies).Print();
    }

    private static async Task<Histogram> PlayAsync(System.Net.Sockets.Socket socket, int payload, TimeSpan duration)
    {
        var latencies = new Histogram();
        var buffer = new byte[payload];
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var before = Stopwatch.GetTimestamp();
            await RawSocket.SendAllAsync(socket, buffer);
            if (!await RawSocket.ReceiveAllAsync(socket, buffer))
                throw new EndOfStreamException("The server ended the connection.");
            latencies.RecordSince(before);
        }

        return latencies;
    }
}
