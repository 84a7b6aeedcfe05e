using System.Diagnostics;
using Hawser.Bench.Measuring;
using Hawser.Grpc;

namespace Hawser.Bench.Rpc;

/// <summary><c>allocations --address URI</c>: bytes that one unary call of raw bytes allocates on each side, over many calls in a closed loop.</summary>
internal static class Allocations
{
    public static async Task RunAsync(Arguments arguments)
    {
        var address = arguments.Text("address");
        var callers = arguments.Number("callers", 16);
        var calls = arguments.Number("calls", 200_000);
        var payload = new byte[arguments.Number("payload", 8)];
        arguments.RejectTheRest();

        await using var channel = HawserChannel.Connect(address, new HawserChannelOptions { Wires = [new GrpcWire()] });
        await CallAsync(channel, callers, calls, payload);
        var serverBefore = await BenchCalls.ProcessAsync(channel, collect: false);
        var clientBefore = GC.GetTotalAllocatedBytes(precise: true);
        var start = Stopwatch.GetTimestamp();
        await CallAsync(channel, callers, calls, payload);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var client = GC.GetTotalAllocatedBytes(precise: true) - clientBefore;
        var server = await BenchCalls.ProcessAsync(channel, collect: false);

        new LoadReport
        {
            CallsPerSecond = calls / seconds,
            AllocatedBytesPerCallClient = (double)client / calls,
            AllocatedBytesPerCallServer = (double)(server.AllocatedBytes - serverBefore.AllocatedBytes) / calls,
        }.Print();
    }

    private static async Task CallAsync(CallInvoker invoker, int callers, int calls, ReadOnlyMemory<byte> payload)
    {
        var left = calls;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                if ((await BenchCalls.PingAsync(invoker, payload)).Length != payload.Length)
                    throw new InvalidDataException("A reply has another length than its request.");
            }
        })));
    }
}
