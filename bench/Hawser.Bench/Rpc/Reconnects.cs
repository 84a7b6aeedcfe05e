using System.Diagnostics;
using Hawser.Bench.Measuring;
using Hawser.Transports;

namespace Hawser.Bench.Rpc;

/// <summary><c>reconnects --listen URI</c>: how long after a server is back the first waiting call is answered, with a backoff that never holds anybody up.</summary>
internal static class Reconnects
{
    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("listen", "tcp://127.0.0.1:4794");
        var rounds = arguments.Number("count", 200);
        arguments.RejectTheRest();

        var latencies = new Histogram();
        await using var channel = HawserChannel.Connect(address, new HawserChannelOptions
        {
            Transport = ClientTransportOptions.AcceptingAnyCertificate(),
            Reconnect = new ReconnectOptions { Backoff = static _ => TimeSpan.FromMilliseconds(1) },
        });
        using var certificate = DevelopmentCertificate.LoadOrCreate(Directory.CreateTempSubdirectory("hawser-bench-").FullName);
        for (var round = -10; round < rounds; round++)
        {
            await using var server = new HawserServer();
            server.Map("Bench/Echo", (byte[] message) => message);
            var call = channel.CallAsync<byte[], byte[]>("Bench/Echo", [1], new CallOptions { WaitForReady = true }).AsTask();
            await server.ListenAsync(address, ServerTransportOptions.WithCertificate(certificate));
            var back = Stopwatch.GetTimestamp();
            await call;

            // The first rounds warm up.
            if (round >= 0)
                latencies.RecordSince(back);
        }

        new LoadReport().With(latencies).Print();
    }
}
