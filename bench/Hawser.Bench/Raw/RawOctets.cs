using System.Diagnostics;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Raw;

/// <summary><c>raw-octets</c>: one stream, chunk after chunk from one buffer, into a receiver that discards. What the kernel allows.</summary>
internal static class RawOctets
{
    private const double Gib = 1L << 30;

    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("address");
        var chunk = arguments.Number("chunk", 64 * 1024);
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();

        await StreamAsync(address, chunk, warmup);
        var serverBefore = await ServerCpuAsync(address);
        var clientBefore = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var bytes = await StreamAsync(address, chunk, duration);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var client = Environment.CpuUsage.TotalTime - clientBefore;
        var server = await ServerCpuAsync(address) - serverBefore;

        new LoadReport
        {
            BytesPerSecond = bytes / seconds,
            CpuSecondsPerGib = (client + server).TotalSeconds / (bytes / Gib),
        }.Print();
    }

    private static async Task<long> StreamAsync(string address, int chunk, TimeSpan duration)
    {
        using var socket = await RawSocket.ConnectAsync(address, RawWork.Discard, chunk);
        var buffer = new byte[chunk];
        var sent = 0L;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < duration; sent += chunk)
            await RawSocket.SendAllAsync(socket, buffer);
        socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        var received = await RawSocket.ReceiveNumberAsync(socket);
        return received == sent ? received : throw new InvalidDataException($"{sent} bytes were sent, the server got {received}.");
    }

    private static async Task<TimeSpan> ServerCpuAsync(string address)
    {
        using var socket = await RawSocket.ConnectAsync(address, RawWork.CpuTime, 0);
        return TimeSpan.FromMicroseconds(await RawSocket.ReceiveNumberAsync(socket));
    }
}
