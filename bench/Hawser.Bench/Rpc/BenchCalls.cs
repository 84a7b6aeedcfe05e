using System.Buffers;
using System.Text.Json;

namespace Hawser.Bench.Rpc;

/// <summary>The calls of the measurements.</summary>
internal static class BenchCalls
{
    private static readonly Method Discard = new(BenchServer.Discard, Body.Octets);

    public static ValueTask<ReadOnlyMemory<byte>> PingAsync(CallInvoker invoker, ReadOnlyMemory<byte> payload) =>
        invoker.CallAsync<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(BenchServer.Ping, payload);

    public static ValueTask<ProcessFigures> ProcessAsync(CallInvoker invoker, bool collect) =>
        invoker.CallAsync<ProcessQuestion, ProcessFigures>(BenchServer.Process, new ProcessQuestion(collect));

    /// <summary>Sends chunks for a time and returns how many bytes the server has taken.</summary>
    public static async Task<long> DiscardAsync(CallInvoker invoker, ReadOnlyMemory<byte> chunk, Func<bool> isOver)
    {
        await using var call = await invoker.StartAsync(Discard);
        var octets = call.RequestOctets;
        var sent = 0L;
        for (; !isOver(); sent += chunk.Length)
        {
            if ((await octets.WriteAsync(chunk)).IsCompleted)
                break;
        }

        await octets.CompleteAsync();
        var received = await ReadNumberAsync(call);
        return received == sent ? received : throw new InvalidDataException($"{sent} bytes were sent, the server got {received}.");
    }

    private static async Task<long> ReadNumberAsync(ClientCall call)
    {
        if (!await call.ReadAsync())
            throw new InvalidDataException($"{call.Method} ended without a reply: {call.Status}");
        var number = ReadNumber(call.Message);
        if (await call.ReadAsync() || call.Status is not { IsOk: true })
            throw new InvalidDataException($"{call.Method} did not end well after its reply: {call.Status}");
        return number;
    }

    private static long ReadNumber(ReadOnlySequence<byte> message)
    {
        var reader = new Utf8JsonReader(message);
        return JsonSerializer.Deserialize<long>(ref reader);
    }
}
