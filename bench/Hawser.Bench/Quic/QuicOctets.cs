using Hawser.Bench.Rpc;
using Hawser.Transports;

namespace Hawser.Bench.Quic;

/// <summary><c>quic-octets</c>: one octet stream over QUIC into a handler of the same process that discards; the counterpart of <c>raw-quic-octets</c>.</summary>
internal static class QuicOctets
{
    public static async Task RunAsync(Arguments arguments)
    {
        var chunk = new byte[arguments.Number("chunk", 64 * 1024)];
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();

        using var certificate = BenchCertificate.Create();
        await using var server = BenchServer.Create();
        var address = await server.ListenAsync("quic://127.0.0.1:0", ServerTransportOptions.WithCertificate(certificate));
        await using var channel = HawserChannel.Connect(
            address.OriginalString, new HawserChannelOptions { Transport = ClientTransportOptions.TrustingOnly(certificate) });
        await QuicMeasurement.PrintAsync(isOver => BenchCalls.DiscardAsync(channel, chunk, isOver), warmup, duration);
    }
}
