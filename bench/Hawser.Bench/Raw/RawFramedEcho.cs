using System.Diagnostics;
using System.Net.Sockets;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Raw;

/// <summary>
/// <c>raw-framed-echo</c>: frames with an id go out in batches and are matched when they come back, and nothing else. What calls could reach if they were free.
/// With <c>--callers</c> a closed loop for a time, otherwise a burst of <c>--calls</c> per connection.
/// </summary>
internal static class RawFramedEcho
{
    /// <summary>Sending waits without reading meanwhile, so what is in flight has to fit into the sockets' own buffers.</summary>
    private const int MaxBytesInFlight = 1 << 20;

    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("address");
        var connections = arguments.Number("connections", 100);
        var callers = arguments.Number("callers", otherwise: 0);
        var calls = arguments.Number("calls", 5000);
        var inFlight = callers > 0 ? callers : Math.Min(calls, arguments.Number("in-flight", calls)) * connections;
        var payload = arguments.Number("payload", 8);
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();
        if (inFlight < connections)
            throw new ArgumentException($"{inFlight} callers cannot use {connections} connections; give --callers at least as many as --connections.");
        var mostOfOne = ((inFlight - 1) / connections) + 1;
        if ((long)mostOfOne * (payload + FrameBuffer.HeaderSize) > MaxBytesInFlight)
            throw new ArgumentException($"{mostOfOne} frames of {payload} bytes in flight are more than {MaxBytesInFlight} bytes; lower --in-flight or --payload.");

        var load = new Load(address, connections, callers > 0 ? int.MaxValue : calls, inFlight, payload);
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < warmup;)
            await MeasureAsync(load, warmup - Stopwatch.GetElapsedTime(start));
        (await MeasureAsync(load, duration)).Print();
    }

    private static async Task<LoadReport> MeasureAsync(Load load, TimeSpan duration)
    {
        var start = Stopwatch.GetTimestamp();
        var sockets = await Task.WhenAll(Enumerable.Range(0, load.Connections).Select(_ => RawSocket.ConnectAsync(load.Address, RawWork.FramedEcho, load.Payload)));
        var connected = Stopwatch.GetTimestamp();
        var end = load.Calls == int.MaxValue ? connected + (long)(duration.TotalSeconds * Stopwatch.Frequency) : long.MaxValue;
        var histograms = await Task.WhenAll(sockets.Select((socket, index) => Task.Run(() => EchoAsync(socket, load, load.InFlightOf(index), end))));
        var working = Stopwatch.GetElapsedTime(connected).TotalSeconds;
        var whole = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (var socket in sockets)
            socket.Dispose();

        var latencies = new Histogram();
        foreach (var histogram in histograms)
            latencies.Merge(histogram);
        return new LoadReport
        {
            CallsPerSecond = latencies.Count / working,
            CallsPerSecondWithConnecting = latencies.Count / whole,
            MessagesPerSecond = latencies.Count / working,
            BytesPerSecond = latencies.Count * load.Payload / working,
        }.With(latencies);
    }

    private static async Task<Histogram> EchoAsync(Socket socket, Load load, int inFlight, long end)
    {
        var latencies = new Histogram();
        var payload = new byte[load.Payload];
        var size = inFlight * (load.Payload + FrameBuffer.HeaderSize);
        var output = new FrameBuffer(size);
        var input = new FrameBuffer(Math.Max(size, 64 * 1024));
        var started = new long[inFlight];
        var now = Stopwatch.GetTimestamp();
        var left = load.Calls;
        for (var id = 0; id < inFlight; id++, left--)
        {
            started[id] = now;
            output.Write(id, payload);
        }

        for (var underway = inFlight; underway > 0;)
        {
            await output.SendAsync(socket);
            if (!await input.ReceiveAsync(socket))
                throw new EndOfStreamException("The server ended the connection.");
            now = Stopwatch.GetTimestamp();
            while (input.TryRead(out var id, out _))
            {
                latencies.Record((long)Stopwatch.GetElapsedTime(started[id], now).TotalNanoseconds);
                underway--;
                if (left == 0 || now >= end)
                    continue;
                started[id] = now;
                output.Write(id, payload);
                underway++;
                left--;
            }
        }

        return latencies;
    }

    /// <summary>What the connections do; <see cref="int.MaxValue"/> calls are a closed loop that ends by time. In flight: of all connections together.</summary>
    private sealed record Load(string Address, int Connections, int Calls, int InFlight, int Payload)
    {
        /// <summary>The first connections get one more when the callers cannot be shared out evenly.</summary>
        public int InFlightOf(int connection) => (InFlight / Connections) + (connection < InFlight % Connections ? 1 : 0);
    }
}
