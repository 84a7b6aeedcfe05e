using System.Collections.Concurrent;
using System.Diagnostics;

namespace Hawser.Tests.Frames.Observability;

/// <summary>Spans of calls on both sides, and what joins them.</summary>
public sealed class TracingTests : IAsyncLifetime
{
    private const string Service = "Traced";

    private readonly ConcurrentQueue<Activity> spans = new();
    private readonly ActivityListener listener;
    private readonly HawserServer server = new();
    private HawserChannel channel = null!;

    public TracingTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Hawser",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.DisplayName.StartsWith(Service, StringComparison.Ordinal))
                    spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public async ValueTask InitializeAsync()
    {
        var address = await server.ListenAsync($"inproc:tracing-{Guid.NewGuid():N}");
        channel = HawserChannel.Connect(address.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await server.DisposeAsync();
        listener.Dispose();
    }

    [Fact]
    public async Task A_call_has_a_span_on_each_side_in_one_trace()
    {
        server.Map("Traced/Echo", (int value) => value);

        await channel.CallAsync<int, int>("Traced/Echo", 1);

        var (caller, callee) = await SpansOfAsync("Traced/Echo");
        Assert.Equal(caller.TraceId, callee.TraceId);
        Assert.Equal(caller.SpanId, callee.ParentSpanId);
        Assert.Equal("hawser", callee.GetTagItem("rpc.system"));
        Assert.Equal("Traced", callee.GetTagItem("rpc.service"));
        Assert.Equal("Echo", callee.GetTagItem("rpc.method"));
        Assert.Equal(0, callee.GetTagItem("rpc.hawser.status_code"));
    }

    [Fact]
    public async Task A_call_belongs_to_the_span_that_its_caller_was_in()
    {
        server.Map("Traced/Inner", (int value) => value);
        using var outer = new Activity("outer").Start();

        await channel.CallAsync<int, int>("Traced/Inner", 1);

        var (caller, callee) = await SpansOfAsync("Traced/Inner");
        Assert.Equal(outer.SpanId, caller.ParentSpanId);
        Assert.Equal(outer.TraceId, callee.TraceId);
        Assert.Same(outer, Activity.Current);
    }

    [Fact]
    public async Task A_handler_runs_within_the_span_of_its_call()
    {
        server.Map("Traced/Current", async Task<string> () =>
        {
            await Task.Yield();
            return Activity.Current!.DisplayName;
        });

        Assert.Equal("Traced/Current", await channel.CallAsync<string>("Traced/Current"));
    }

    [Fact]
    public async Task A_stream_has_its_spans_too()
    {
        server.Map("Traced/Count", (int to) => Enumerable.Range(1, to).ToAsyncEnumerable());

        await foreach (var _ in channel.StreamAsync<int, int>("Traced/Count", 3))
            continue;

        var (caller, callee) = await SpansOfAsync("Traced/Count");
        Assert.Equal(caller.SpanId, callee.ParentSpanId);
    }

    [Fact]
    public async Task A_failure_is_an_error_of_both_spans()
    {
        server.Map("Traced/Fail", void () => throw new RpcException(StatusCode.NotFound, "nothing here"));

        await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync<Empty>("Traced/Fail").AsTask());

        var (caller, callee) = await SpansOfAsync("Traced/Fail");
        Assert.Equal((ActivityStatusCode.Error, "nothing here"), (caller.Status, caller.StatusDescription));
        Assert.Equal((ActivityStatusCode.Error, "nothing here"), (callee.Status, callee.StatusDescription));
    }

    private async Task<(Activity Caller, Activity Callee)> SpansOfAsync(string method)
    {
        // The two sides end on threads of their own.
        await EventuallyAsync(() => spans.Count(span => span.DisplayName == method) >= 2);
        return (spans.Single(span => span.DisplayName == method && span.Kind == ActivityKind.Client), spans.Single(span => span.DisplayName == method && span.Kind == ActivityKind.Server));
    }
}
