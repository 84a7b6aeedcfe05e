using System.IO.Pipelines;
using Hawser.Bench.Grpc;
using Hawser.Grpc;

namespace Hawser.Bench.Rpc;

/// <summary><c>server --listen URI…</c>: the endpoints that the measurements below need and a node does not have.</summary>
internal static class BenchServer
{
    public const string Ping = "Bench/Ping";
    public const string Discard = "Bench/Discard";
    public const string Process = "Bench/Process";

    public static async Task RunAsync(Arguments arguments)
    {
        var addresses = arguments.Texts("listen");
        arguments.RejectTheRest();
        if (addresses.Count == 0)
            throw new ArgumentException("Give at least one --listen URI.");

        await using var server = Create();
        foreach (var address in addresses)
            Console.WriteLine($"listening on {await server.ListenAsync(address)}");
        await Task.Delay(Timeout.Infinite);
    }

    public static HawserServer Create()
    {
        var server = new HawserServer(new HawserServerOptions { Wires = [new GrpcWire()] });
        server.Map(Ping, (ReadOnlyMemory<byte> request) => request);
        server.Map(Discard, (PipeReader octets) => DiscardAsync(octets));
        GrpcEndpoints.MapTo(server.Endpoints);
        server.Map(Process, (ProcessQuestion question) => ProcessFigures.Now(question.Collect));
        return server;
    }

    private static async Task<long> DiscardAsync(PipeReader octets)
    {
        var total = 0L;
        while (true)
        {
            var read = await octets.ReadAsync();
            total += read.Buffer.Length;
            octets.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return total;
        }
    }
}
