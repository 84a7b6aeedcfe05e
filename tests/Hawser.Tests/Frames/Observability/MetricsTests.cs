using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hawser.Tests.Frames.Observability;

/// <summary>What is measured of calls, and what one connection tells of itself.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Both_sides_record_how_long_a_call_took_and_how_it_ended()
    {
        var seen = new ConcurrentQueue<(string Instrument, string Method, int Code)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == "Hawser" && instrument.Name.StartsWith("rpc.", StringComparison.Ordinal))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value);
            if (Equals(named["rpc.service"], "Measured"))
                seen.Enqueue((instrument.Name, (string)named["rpc.method"]!, (int)named["rpc.hawser.status_code"]!));
        });
        listener.Start();
        await using var server = new HawserServer();
        server.Map("Measured/Echo", (int value) => value);
        server.Map("Measured/Fail", void () => throw new RpcException(StatusCode.NotFound, "nothing here"));
        var address = await server.ListenAsync($"inproc:metrics-{Guid.NewGuid():N}");
        await using var channel = HawserChannel.Connect(address.ToString());

        await channel.CallAsync<int, int>("Measured/Echo", 1);
        await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync<Empty>("Measured/Fail").AsTask());

        await EventuallyAsync(() => seen.Count >= 4);
        Assert.Equal(
            [("rpc.client.duration", "Echo", 0), ("rpc.client.duration", "Fail", 5), ("rpc.server.duration", "Echo", 0), ("rpc.server.duration", "Fail", 5)],
            seen.Order());
    }

    [Fact]
    public async Task A_connection_counts_its_calls_and_bytes()
    {
        await using var server = new HawserServer();
        server.Map("Counted/Echo", (int value) => value);
        var address = await server.ListenAsync($"inproc:statistics-{Guid.NewGuid():N}");
        await using var channel = HawserChannel.Connect(address.ToString());
        for (var i = 0; i < 3; i++)
            await channel.CallAsync<int, int>("Counted/Echo", i);

        var mine = (await channel.OpenAsync()).GetStatistics();
        var theirs = server.Connections.Single().GetStatistics();

        Assert.Equal((3, 0, 0), (mine.CallsStarted, mine.CallsServed, mine.CallsInFlight));
        Assert.Equal((0, 3), (theirs.CallsStarted, theirs.CallsServed));
        Assert.InRange(mine.BytesSent, 30, 1000);
        Assert.InRange(mine.BytesReceived, 30, 1000);
    }
}
