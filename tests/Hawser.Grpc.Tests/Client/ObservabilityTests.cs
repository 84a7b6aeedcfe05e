using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Spans and metrics of calls over gRPC, in OpenTelemetry's words.</summary>
public sealed class ObservabilityTests : GrpcClientTest
{
    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_has_a_span_that_the_server_learns_of(bool streams)
    {
        var method = $"Spans/Of{(streams ? "Streams" : "Calls")}";
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Hawser",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.OperationName == method)
                    ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        string? parent = null;
        await using var peer = await HttpPeer.StartAsync(context =>
        {
            parent = context.Request.Headers["traceparent"];
            return HttpPeer.RefuseAsync(context, 5, "gone");
        });
        await using var channel = peer.Connect();

        if (streams)
            await ReadAllAsync(channel.StreamAsync<byte[], byte[]>(method, Hello));
        else
            await FailureOfAsync(channel.CallAsync<byte[], byte[]>(method, Hello));

        var span = Assert.Single(ended);
        Assert.Equal(span.Id, parent);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal("grpc", span.GetTagItem("rpc.system"));
        Assert.Equal("Spans", span.GetTagItem("rpc.service"));
        Assert.Equal(5, span.GetTagItem("rpc.grpc.status_code"));
        Assert.Equal((ActivityStatusCode.Error, "gone"), (span.Status, span.StatusDescription));
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_is_measured(bool streams)
    {
        var name = streams ? "MeasuredStream" : "MeasuredCall";
        var measured = new ConcurrentQueue<object?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "Hawser", Name: "rpc.client.duration" })
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value, StringComparer.Ordinal);
            if (Equals(all["rpc.method"], name))
                measured.Enqueue((all["rpc.system"], all["rpc.grpc.status_code"]));
        });
        listener.Start();
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = peer.Connect();

        if (streams)
            await ReadAllAsync(channel.StreamAsync<byte[], byte[]>($"Test/{name}", Hello));
        else
            await channel.CallAsync<byte[], byte[]>($"Test/{name}", Hello);

        Assert.Equal(((object?)"grpc", (object?)0), Assert.Single(measured));
    }
}
