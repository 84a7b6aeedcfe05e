using System.Buffers;
using System.IO.Pipelines;

namespace Hawser.Tests.Channels.Retries;

/// <summary>Calls that stream are tried again while nothing of their answer has come and what was sent is still at hand.</summary>
public sealed class StreamRetryTests : RetryTest
{
    private readonly List<ScriptedCall> calls = [];
    private readonly ScriptedClient wire = new();

    [Fact]
    public async Task A_start_that_was_refused_is_tried_again()
    {
        wire.ThenStarts(_ => throw new RpcException(ScriptedClient.Unavailable()) { NotRun = true });
        Then(call => call.Answer([7]));

        Assert.Equal([[7]], await ReadAllAsync(Invoker(wire).StreamAsync<byte[], byte[]>(Echo, Hello)));
    }

    [Fact]
    public async Task A_start_without_a_connection_is_told_at_once()
    {
        wire.ThenStarts(_ => throw new RpcException(ScriptedClient.Unavailable(isConnectFailure: true)) { NotRun = true });

        Assert.True((await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(Invoker(wire).StreamAsync<byte[], byte[]>(Echo, Hello)))).NotRun);
        Assert.Single(wire.Attempts);
    }

    [Fact]
    public async Task A_server_stream_that_was_not_run_is_asked_for_again()
    {
        Then(call => call.Fail(notRun: true));
        Then(call => call.Answer([7], [8]));

        Assert.Equal([[7], [8]], await ReadAllAsync(Invoker(wire).StreamAsync<byte[], byte[]>(Echo, Hello)));
        Assert.Equal([Hello], calls[1].Requests);
        Assert.True(calls[1].IsComplete);
        Assert.All(calls, call => Assert.True(call.IsDisposed));
    }

    [Fact]
    public async Task A_client_stream_is_sent_again_from_its_beginning()
    {
        Then(_ => { }, failsAtWrite: 2);
        wire.ThenStarts(method =>
        {
            var call = new ScriptedCall(method);
            calls.Add(call);
            return call;
        });
        var reply = Invoker(wire).CallAsync<byte[], byte[]>(Echo, Items([1], [2], [3])).AsTask();
        await EventuallyAsync(() => calls.Count >= 2 && calls[1].IsComplete);
        calls[1].Answer([9]);

        Assert.Equal([9], await reply);
        Assert.Equal([[1], [2], [3]], calls[1].Requests);
    }

    [Fact]
    public async Task A_stream_whose_first_message_has_come_is_not_tried_again()
    {
        Then(call => call.Reply(7));
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Message, Body.Stream), new CallOptions { IsIdempotent = true });
        Assert.True(await call.ReadAsync());
        calls[0].Fail(notRun: false);

        Assert.False(await call.ReadAsync());
        Assert.Equal(StatusCode.Unavailable, call.Status!.Code);
        Assert.Single(calls);
    }

    [Fact]
    public async Task A_stream_whose_headers_have_come_is_not_tried_again()
    {
        Then(call => call.SendHeaders(new Metadata().Add("a", "b")));
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Message, Body.Stream), new CallOptions { IsIdempotent = true });
        Assert.Equal("b", (await call.ReadHeadersAsync())["a"]);
        calls[0].Fail(notRun: false);

        Assert.False(await call.ReadAsync());
        Assert.Equal(StatusCode.Unavailable, call.Status!.Code);
        Assert.Single(calls);
    }

    [Fact]
    public async Task Headers_are_those_of_the_attempt_that_is_answered()
    {
        Then(call => call.Fail(notRun: true));
        Then(call => call.SendHeaders(new Metadata().Add("a", "b")));
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Message, Body.Stream));

        Assert.Equal("b", (await call.ReadHeadersAsync())["a"]);
    }

    [Fact]
    public async Task A_stream_that_may_have_run_is_tried_again_only_if_it_is_idempotent()
    {
        Then(call => call.Fail(notRun: false));
        Then(call => call.Fail(notRun: false));
        Then(call => call.Answer([7]));

        await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(Invoker(wire).StreamAsync<byte[], byte[]>(Echo, Hello)));
        var again = ReadAllAsync(Invoker(wire).StreamAsync<byte[], byte[]>(Echo, Hello, new CallOptions { IsIdempotent = true }));
        await AdvanceUntilEndAsync(again);
        Assert.Equal([[7]], await again);
    }

    [Fact]
    public async Task More_than_is_kept_is_not_sent_again_and_the_caller_learns_that_it_was_not_run()
    {
        Then(_ => { });
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Stream, Body.Message));
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[KeptRequest.MaxSize]));
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[1]));
        calls[0].Fail(notRun: true);

        Assert.False(await call.ReadAsync());
        Assert.True(call.NotRun);
        Assert.Single(calls);
    }

    [Fact]
    public async Task What_is_written_after_a_failure_goes_to_the_next_attempt_in_order()
    {
        Then(_ => { });
        Then(_ => { });
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Stream, Body.Message));
        await call.WriteAsync(new ReadOnlySequence<byte>([1]));
        calls[0].Fail(notRun: true);
        Assert.True(await call.WriteAsync(new ReadOnlySequence<byte>([2])));
        Assert.True(await call.WriteAsync(new ReadOnlySequence<byte>([3])));

        Assert.Equal([[1], [2], [3]], calls[1].Requests);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_is_not_tried_again()
    {
        Then(_ => { });
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Stream, Body.Message));
        call.Cancel();

        Assert.False(await call.ReadAsync());
        Assert.Equal(StatusCode.Cancelled, call.Status!.Code);
        Assert.Single(calls);
    }

    [Fact]
    public async Task A_wait_between_attempts_ends_when_the_call_is_cancelled()
    {
        Then(call => call.Fail(notRun: false));
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Message, Body.Stream), new CallOptions { IsIdempotent = true });
        var read = call.ReadAsync();
        await EventuallyAsync(() => Clock.PendingTimers > 0);
        call.Cancel();

        Assert.False(await read);
        Assert.Equal(StatusCode.Cancelled, call.Status!.Code);
        Assert.False(call.NotRun);
    }

    [Fact]
    public async Task When_the_next_attempt_cannot_be_started_its_reason_is_the_call_s()
    {
        Then(call => call.Fail(notRun: true));
        wire.ThenStarts(_ => throw new RpcException(ScriptedClient.Unavailable("refused", isConnectFailure: true)) { NotRun = true });

        var failure = await Assert.ThrowsAsync<RpcException>(() => ReadAllAsync(Invoker(wire).StreamAsync<byte[], byte[]>(Echo, Hello)));
        Assert.Equal("refused", failure.Status.Text);
        Assert.True(failure.NotRun);
    }

    [Fact]
    public async Task Octets_that_were_kept_are_sent_again()
    {
        Then(_ => { });
        Then(_ => { });
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Octets, Body.Message));
        await call.RequestOctets.WriteAsync(new byte[] { 1, 2 }, Token);
        calls[0].Fail(notRun: true);
        var read = call.ReadAsync();
        await EventuallyAsync(() => calls.Count >= 2);
        await call.RequestOctets.WriteAsync(new byte[] { 3 }, Token);
        await call.RequestOctets.CompleteAsync();
        calls[1].Answer([9]);

        Assert.True(await read);
        Assert.Equal([1, 2, 3], (await ReadToEndAsync(calls[1].ReceivedOctets)).ToArray());
    }

    [Fact]
    public async Task Octets_beyond_what_is_kept_end_the_retries()
    {
        Then(_ => { });
        await using var call = await Invoker(wire).StartAsync(new Method(Echo, Body.Octets, Body.Message));
        var write = call.RequestOctets.WriteAsync(new byte[KeptRequest.MaxSize + 1], Token).AsTask();
        var received = await calls[0].ReceivedOctets.ReadAtLeastAsync(KeptRequest.MaxSize + 1, Token);
        calls[0].ReceivedOctets.AdvanceTo(received.Buffer.End);
        await write;
        calls[0].Fail(notRun: true);

        Assert.False(await call.ReadAsync());
        Assert.True(call.NotRun);
    }

    [Fact]
    public async Task A_download_that_was_not_run_is_asked_for_again()
    {
        Then(call => call.Fail(notRun: true));
        Then(call =>
        {
            call.Octets.WriteAsync(new byte[] { 5, 6 }).AsTask().Wait(Token);
            call.Answer();
        });
        await using var reply = await Invoker(wire).DownloadAsync(Echo, Hello);

        Assert.Equal([5, 6], (await ReadToEndAsync(reply.Reader)).ToArray());
    }

    [Fact]
    public async Task A_download_that_has_begun_is_not_asked_for_again()
    {
        Then(call =>
        {
            call.Octets.WriteAsync(new byte[] { 5 }).AsTask().Wait(Token);
        });
        await using var reply = await Invoker(wire).DownloadAsync(Echo, Hello, new CallOptions { IsIdempotent = true });
        var first = await reply.Reader.ReadAsync(Token);
        reply.Reader.AdvanceTo(first.Buffer.End);
        calls[0].Fail(notRun: false);

        await Assert.ThrowsAsync<RpcException>(async () => await reply.Reader.ReadAsync(Token));
        Assert.Single(calls);
    }

    private static async Task<List<byte[]>> ReadAllAsync(IAsyncEnumerable<byte[]> replies)
    {
        var all = new List<byte[]>();
        await foreach (var reply in replies)
            all.Add(reply);
        return all;
    }

    private static async Task<ReadOnlySequence<byte>> ReadToEndAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync(Token);
            if (read.IsCompleted)
                return read.Buffer;
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static async IAsyncEnumerable<byte[]> Items(params byte[][] items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    private void Then(Action<ScriptedCall> script, int failsAtWrite = int.MaxValue) => wire.ThenStarts(method =>
    {
        var call = new ScriptedCall(method) { FailsAtWrite = failsAtWrite };
        script(call);
        calls.Add(call);
        return call;
    });
}
