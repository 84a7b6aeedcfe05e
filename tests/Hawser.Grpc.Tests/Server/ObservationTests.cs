using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>What sees calls beside their handlers: interceptors, spans, metrics.</summary>
public sealed class ObservationTests
{
    [Fact]
    public async Task Interceptors_see_calls_in_order_and_may_refuse_them()
    {
        var seen = new List<string>();
        await using var server = await GrpcTestServer.StartAsync(options: new HawserServerOptions
        {
            Wires = GrpcTestServer.Wires,
            Interceptors = [new Recorder("first", seen), new Doorman(), new Recorder("second", seen)],
        });
        Assert.Equal(StatusCode.Unauthenticated, (await server.Requests.CallAsync("Test/Echo", "x")).Code);
        Assert.Equal(["first Test/Echo"], seen);
        Assert.Equal("x", (await server.Requests.CallAsync("Test/Echo", "x", ("authorization", "Bearer me"))).Text);
        Assert.Equal(["first Test/Echo", "first Test/Echo", "second Test/Echo"], seen);
    }

    [Fact]
    public async Task A_call_is_a_span_of_its_caller_s_trace()
    {
        var ended = new TaskCompletionSource<Activity>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Hawser",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.DisplayName == "Test/Traced")
                    ended.TrySetResult(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await GrpcTestServer.StartAsync(map => map.Map("Test/Traced", (byte[] _) => (Activity.Current?.OperationName ?? "no span").ToBytes()));
        var reply = await server.Requests.CallAsync("Test/Traced", "", ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        Assert.Equal("Test/Traced", reply.Text);
        var activity = await Patience.ForAsync(ended.Task, "the span");
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", activity.TraceId.ToHexString());
        Assert.Equal("b7ad6b7169203331", activity.ParentSpanId.ToHexString());
        Assert.Equal(("grpc", 0), (activity.GetTagItem("rpc.system"), activity.GetTagItem("rpc.grpc.status_code")));
    }

    [Fact]
    public async Task A_call_s_time_and_status_are_measured()
    {
        var measured = new TaskCompletionSource<Dictionary<string, object?>>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Name: "rpc.server.duration", Meter.Name: "Hawser" })
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var found = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (found["rpc.method"] is "Measured")
                measured.TrySetResult(found);
        });
        listener.Start();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await GrpcTestServer.StartAsync(map => map.Map("Test/Measured", async (byte[] _, CancellationToken cancellationToken) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }));
        using var peer = await server.OpenAsync();
        await peer.WriteAsync([peer.RequestHeaders(1, "Test/Measured"), Http2Peer.Data(1, GrpcBody.Of(""), endStream: true)]);
        await Patience.ForAsync(started.Task, "the handler to start");
        await peer.WriteAsync(Http2Peer.Reset(1));
        var tags = await Patience.ForAsync(measured.Task, "the measurement");
        Assert.Equal(("grpc", "Test", (int)StatusCode.Cancelled), (tags["rpc.system"], tags["rpc.service"], tags["rpc.grpc.status_code"]));
    }

    private sealed class Recorder(string name, List<string> seen) : IServerInterceptor
    {
        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next)
        {
            seen.Add($"{name} {call.Method.FullName}");
            return next(call);
        }
    }

    private sealed class Doorman : IServerInterceptor
    {
        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next) =>
            call.RequestMetadata["authorization"] is null ? throw new RpcException(StatusCode.Unauthenticated, "who are you?") : next(call);
    }
}
