using System.Text.Json;
using Hawser.Transports;

namespace Hawser.NetworkPeer;

/// <summary>
/// Calls without pause and reads numbers, over one channel. Every line of its input is an order: <c>report</c> prints what has happened so far,
/// <c>stop</c> has the server audit it, prints it and ends.
/// </summary>
internal static class ClientRole
{
    private const int Callers = 8;

    public static async Task<int> RunAsync(string address, TimeSpan keepAliveInterval, TimeSpan keepAliveTimeout)
    {
        await using var channel = HawserChannel.Connect(address, new HawserChannelOptions
        {
            Transport = ClientTransportOptions.AcceptingAnyCertificate(),
            Limits = new ConnectionLimits { KeepAliveInterval = keepAliveInterval, KeepAliveTimeout = keepAliveTimeout, HandshakeTimeout = TimeSpan.FromSeconds(5) },
        });
        await channel.OpenAsync();
        Console.WriteLine("connected");

        var calls = new CallLog();
        var numbers = new NumberLog();
        using var stopping = new CancellationTokenSource();
        var working = Enumerable.Range(0, Callers).Select(_ => calls.CallUntilAsync(channel, stopping.Token)).Append(numbers.ReadUntilAsync(channel, stopping.Token)).ToArray();
        while (await Console.In.ReadLineAsync() is { } order && order != "stop")
            Console.WriteLine(JsonSerializer.Serialize(ReportOf(calls, numbers, audit: null)));

        await stopping.CancelAsync();
        await Task.WhenAll(working);
        var audit = await channel.CallAsync<Ledger, Audit>("Test/Audit", calls.ToLedger(), new CallOptions { Timeout = TimeSpan.FromMinutes(1) });
        Console.WriteLine(JsonSerializer.Serialize(ReportOf(calls, numbers, audit)));
        return 0;
    }

    private static Report ReportOf(CallLog calls, NumberLog numbers, Audit? audit) =>
        new(calls.Answered, calls.NotRun, calls.MayHaveRun, calls.Surprises, numbers.Received, numbers.Gaps, numbers.Breaks, numbers.LastFailure, calls.Fastest.TotalMilliseconds, audit);
}
