using Hawser.Testing;
using Microsoft.AspNetCore.Http;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Deadlines and cancellation: this side ends at once, the other side is told.</summary>
public sealed class DeadlineTests : GrpcClientTest
{
    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deadline_is_sent_and_kept_on_this_side(bool streams)
    {
        var time = new ManualTimeProvider();
        var arrived = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(context => WaitAsync(context, arrived, aborted));
        await using var channel = peer.Connect(time: time);
        var options = new CallOptions { Timeout = TimeSpan.FromSeconds(5) };

        var call = streams
            ? ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello, options)).ContinueWith(read => read.Result.Failure!, TaskScheduler.Default)
            : FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, options));
        Assert.Equal("5000000u", await arrived.Task);
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));

        AssertSays(await call, StatusCode.DeadlineExceeded, Echo);
        await aborted.Task;
    }

    [Theory(Timeout = Hang)]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task A_deadline_that_has_passed_already_sends_nothing(int seconds)
    {
        await using var channel = HawserChannel.Connect("grpc://127.0.0.1:1", new HawserChannelOptions { Wires = [new GrpcWire()] });

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Timeout = TimeSpan.FromSeconds(seconds) }));

        AssertSays(failure, StatusCode.DeadlineExceeded, "before it was sent");
        Assert.True(failure.NotRun);
    }

    [Fact(Timeout = Hang)]
    public async Task A_very_long_deadline_is_none_that_anybody_notices()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = peer.Connect();

        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Timeout = TimeSpan.MaxValue }));
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_reaches_the_server_and_is_the_caller_s_own(bool streams)
    {
        var arrived = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(context => WaitAsync(context, arrived, aborted));
        await using var channel = peer.Connect();
        using var source = new CancellationTokenSource();

        var call = streams
            ? ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello, source.Token))
            : (Task)channel.CallAsync<byte[], byte[]>(Echo, Hello, source.Token).AsTask();
        await arrived.Task;
        await source.CancelAsync();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(source.Token, failure.CancellationToken);
        await aborted.Task;
    }

    [Fact(Timeout = Hang)]
    public async Task Disposing_a_stream_in_the_middle_cancels_it()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            context.Response.ContentType = "application/grpc";
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello));
        });
        await using var channel = peer.Connect();

        await foreach (var item in channel.StreamAsync<byte[], byte[]>(Echo, Hello))
        {
            Assert.Equal(Hello, item);
            break;
        }

        await aborted.Task;
    }

    [Fact(Timeout = Hang)]
    public async Task Cancelling_between_two_reads_reaches_the_server_at_once()
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello));
            await context.Response.Body.FlushAsync();
            await aborted.Task;
        });
        await using var channel = peer.Connect();
        await using var call = await channel.StartAsync(new Method(Echo, Body.Empty, Body.Stream));
        Assert.True(await call.ReadAsync());

        call.Cancel();

        await aborted.Task;
        Assert.False(await call.ReadAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task A_request_that_fails_in_the_middle_is_no_complete_request()
    {
        var end = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            arrived.TrySetResult();
            try
            {
                await HttpPeer.ReadAsync(context);
                end.SetResult(null);
            }
            catch (Exception failure)
            {
                end.SetResult(failure);
            }
        });
        await using var channel = peer.Connect();

        await Assert.ThrowsAsync<InvalidOperationException>(() => channel.CallAsync<byte[], byte[]>(Echo, FailingAsync(arrived.Task)).AsTask());

        Assert.NotNull(await end.Task);
    }

    [Fact(Timeout = Hang)]
    public async Task A_status_of_the_server_ends_a_request_that_goes_on()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.RefuseAsync(context, 8, "enough"));
        await using var channel = peer.Connect();

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, EndlessAsync())), StatusCode.ResourceExhausted, "enough");
    }

    [Fact(Timeout = Hang)]
    public async Task Disposing_the_channel_ends_calls_in_flight()
    {
        var arrived = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(context => WaitAsync(context, arrived, aborted));
        var channel = peer.Connect();
        var call = FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));
        await arrived.Task;

        await channel.DisposeAsync();

        AssertSays(await call, StatusCode.Unavailable, "has been disposed", "may have run");
        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.Unavailable, "has been disposed", "was not run");
        await aborted.Task;
    }

    private static async Task WaitAsync(HttpContext context, TaskCompletionSource<string?> arrived, TaskCompletionSource aborted)
    {
        context.RequestAborted.Register(() => aborted.TrySetResult());
        await HttpPeer.ReadAsync(context);
        arrived.TrySetResult(context.Request.Headers["grpc-timeout"]);
        await aborted.Task;
    }

    private static async IAsyncEnumerable<byte[]> FailingAsync(Task arrived)
    {
        yield return Hello;
        await arrived;
        throw new InvalidOperationException("no more");
    }

    private static async IAsyncEnumerable<byte[]> EndlessAsync()
    {
        while (true)
        {
            await Task.Yield();
            yield return Hello;
        }
    }
}
