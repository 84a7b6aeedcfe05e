using System.Net.Sockets;
using Hawser;
using Hawser.Bench;
using Hawser.Bench.Grpc;
using Hawser.Bench.Quic;
using Hawser.Bench.Raw;
using Hawser.Bench.Rpc;
using Hawser.Bench.Tables;

var commands = new Dictionary<string, Func<Arguments, Task>>(StringComparer.Ordinal)
{
    ["raw-server"] = RawServer.RunAsync,
    ["raw-octets"] = RawOctets.RunAsync,
    ["raw-pingpong"] = RawPingPong.RunAsync,
    ["raw-framed-echo"] = RawFramedEcho.RunAsync,
    ["server"] = BenchServer.RunAsync,
    ["octets"] = Octets.RunAsync,
    ["inproc-octets"] = InprocOctets.RunAsync,
    ["quic-octets"] = QuicOctets.RunAsync,
    ["raw-quic-octets"] = RawQuicOctets.RunAsync,
    ["allocations"] = Allocations.RunAsync,
    ["idle"] = IdleConnections.RunAsync,
    ["reconnects"] = Reconnects.RunAsync,
    ["grpc-load"] = GrpcLoad.RunAsync,
    ["grpc-stream"] = GrpcStream.RunAsync,
    ["grpc-foreign-load"] = ForeignLoad.RunAsync,
    ["table"] = ResultTable.RunAsync,
};

if (args.Length == 0 || !commands.TryGetValue(args[0], out var command))
{
    Console.Error.WriteLine($"Say one of: {string.Join(", ", commands.Keys)}.");
    return 2;
}

try
{
    await command(new Arguments(args.AsSpan(1)));
    return 0;
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
catch (Exception failure) when (failure is RpcException or SocketException or IOException or InvalidDataException)
{
    Console.Error.WriteLine($"{args[0]} failed: {failure.Message}");
    return 1;
}
