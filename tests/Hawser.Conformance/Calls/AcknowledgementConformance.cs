using System.Buffers;
using System.IO.Pipelines;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Whoever writes can learn what its peer has consumed: exactly, on either side, for messages and octets.</summary>
public abstract class AcknowledgementConformance(WireUnderTest wire) : CallConformance(wire)
{
    private static readonly Method Numbers = new("Test/Numbers", Body.Stream, Body.Stream);

    [Fact(Timeout = Hang)]
    public async Task Every_message_that_a_caller_sends_is_acknowledged_with_all_bytes_so_far()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        var handled = 0;
        peers.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await foreach (var _ in messages)
                handled++;
            return handled;
        });
        await using var call = await peers.Channel.StartAsync(new Method("Test/Upload", Body.Stream));
        var written = 0L;
        foreach (var (index, size) in new[] { 0, 1, 63, 64, 4095, 5000, 70_000, 3_000_000, 2 }.Index())
        {
            Assert.True(await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(size))));
            written += size;
            var acknowledged = await call.AcknowledgeAsync();
            Assert.Equal(written, acknowledged.Bytes);
            Assert.True(acknowledged.Delay >= TimeSpan.Zero);
            Assert.Equal(index + 1, handled);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Messages_that_wait_for_more_are_sent_before_their_writer_asks()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        peers.Server.Map("Test/Upload", (IAsyncEnumerable<byte[]> messages) => messages.CountAsync().AsTask());
        await using var call = await peers.Channel.StartAsync(new Method("Test/Upload", Body.Stream));
        for (var i = 0; i < 100; i++)
            await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(10)), WriteFlags.BufferHint);
        Assert.Equal(1000, (await call.AcknowledgeAsync()).Bytes);
    }

    [Fact(Timeout = Hang)]
    public async Task Octets_are_acknowledged_exactly_whatever_the_size_of_the_writes()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        peers.Server.Map("Test/Put", async (PipeReader octets) =>
        {
            var count = 0L;
            while (await octets.ReadAsync() is { } read && !(read.IsCompleted && read.Buffer.IsEmpty))
            {
                count += read.Buffer.Length;
                octets.AdvanceTo(read.Buffer.End);
            }

            return count;
        });
        var sizes = new[] { 1, 2, 127, 128, 255, 256, 65_535, 1_000_000, 1 };
        var total = await peers.Channel.UploadAsync<long>("Test/Put", async octets =>
        {
            var written = 0L;
            foreach (var size in sizes)
            {
                octets.Write(Pattern.Bytes(size));
                written += size;
                Assert.Equal(written, (await octets.AcknowledgeAsync()).Bytes);
            }
        });
        Assert.Equal(sizes.Sum(), total);
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_learns_what_its_caller_has_consumed_of_messages_and_of_octets()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        var confirmed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Endpoints.Add(new WritingEndpoint(Numbers, async call =>
        {
            await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(3)));
            await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(4)));
            confirmed.SetResult((await call.AcknowledgeAsync()).Bytes);
            await call.FinishAsync(Status.Ok);
        }));
        peers.Server.Map("Test/Get", async (PipeWriter octets, CallContext _) =>
        {
            octets.Write(Pattern.Bytes(1000));
            var acknowledged = await octets.AcknowledgeAsync();
            octets.Write(Pattern.Bytes((int)acknowledged.Bytes));
        });

        await using var call = await peers.Channel.StartAsync(Numbers);
        Assert.True(await call.ReadAsync());
        Assert.True(await call.ReadAsync());
        Assert.False(confirmed.Task.IsCompleted);
        Assert.False(await call.ReadAsync());
        Assert.Equal(7, await confirmed.Task);

        await using var reply = await peers.Channel.DownloadAsync("Test/Get");
        using var copy = new MemoryStream();
        await reply.AsStream().CopyToAsync(copy);
        Assert.Equal(2000, copy.Length);
    }

    [Fact(Timeout = Hang)]
    public async Task A_stream_of_a_handler_learns_between_two_messages_that_all_before_were_consumed()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        var confirmed = new List<long>();
        peers.Server.Map("Test/Steps", Steps);
        var read = 0;
        await foreach (var step in peers.Channel.StreamAsync<byte[]>("Test/Steps"))
        {
            Assert.Equal(read / 2, confirmed.Count);
            read++;
            Assert.Equal(10, step.Length);
        }

        Assert.Equal([20, 40, 60], confirmed);

        async IAsyncEnumerable<byte[]> Steps(CallContext call)
        {
            for (var i = 0; i < 3; i++)
            {
                yield return Pattern.Bytes(10);
                yield return Pattern.Bytes(10);
                confirmed.Add((await call.AcknowledgeAsync()).Bytes);
            }
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Octets_that_a_handler_returned_cannot_be_asked_about()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        var asked = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Get", (CallContext call) => PipeReader.Create(new AskingStream(async () =>
            asked.SetResult(await Record.ExceptionAsync(() => call.AcknowledgeAsync().AsTask())))));
        await using var reply = await peers.Channel.DownloadAsync("Test/Get");
        await reply.AsStream().CopyToAsync(Stream.Null);
        Assert.IsType<InvalidOperationException>(await asked.Task);
    }

    [Fact(Timeout = Hang)]
    public async Task Writing_goes_on_while_acknowledgements_are_awaited()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        peers.Server.Map("Test/Upload", (IAsyncEnumerable<byte[]> messages) => messages.CountAsync().AsTask());
        await using var call = await peers.Channel.StartAsync(new Method("Test/Upload", Body.Stream));
        var waiting = new List<Task<Acknowledgement>>();
        for (var i = 0; i < 1000; i++)
        {
            await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(i % 7 == 0 ? 9000 : 9)));
            waiting.Add(call.AcknowledgeAsync().AsTask());
        }

        var bytes = (await Task.WhenAll(waiting)).Select(static acknowledged => acknowledged.Bytes).ToArray();
        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => Enumerable.Range(0, i + 1).Sum(static n => n % 7 == 0 ? 9000L : 9)), bytes);
    }

    [Fact(Timeout = Hang)]
    public async Task What_was_written_is_acknowledged_after_its_end_was_said_too()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
        {
            var count = await messages.CountAsync();
            await mayEnd.Task;
            return count;
        });
        await using var call = await peers.Channel.StartAsync(new Method("Test/Upload", Body.Stream));
        await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(10)));
        await call.CompleteAsync();
        Assert.Equal(10, (await call.AcknowledgeAsync()).Bytes);
        mayEnd.SetResult();
        Assert.True(await call.ReadAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Nothing_written_is_acknowledged_at_once()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        peers.Server.Map("Test/Upload", (IAsyncEnumerable<byte[]> messages) => messages.CountAsync().AsTask());
        await using var call = await peers.Channel.StartAsync(new Method("Test/Upload", Body.Stream));
        Assert.Equal(new Acknowledgement(0, TimeSpan.Zero), await call.AcknowledgeAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_ends_first_says_that_it_was_not_acknowledged()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        peers.Server.Map("Test/Ignore", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await messages.FirstAsync();
            return 1;
        });
        peers.Server.Map("Test/Refuse", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await messages.FirstAsync();
            throw new RpcException(StatusCode.PermissionDenied, "not you");
        });
        foreach (var (method, code) in new[] { ("Test/Ignore", StatusCode.FailedPrecondition), ("Test/Refuse", StatusCode.PermissionDenied) })
        {
            await using var call = await peers.Channel.StartAsync(new Method(method, Body.Stream));
            await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(10)));
            var failure = await FailureOfAsync(call.AcknowledgeAsync());
            Assert.Equal(code, failure.Code);
            Assert.Contains("10 bytes that were written have not been acknowledged", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_lost_connection_leaves_both_sides_without_acknowledgement()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        var atServer = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = new Signal();
        peers.Server.Endpoints.Add(new WritingEndpoint(Numbers, async call =>
        {
            await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(3)));
            var acknowledged = call.AcknowledgeAsync();
            waits.Fire();
            atServer.SetResult(await Record.ExceptionAsync(async () => await acknowledged));
        }));
        await using var call = await peers.Channel.StartAsync(Numbers);
        await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(5)));
        var atClient = call.AcknowledgeAsync();
        await waits.Fired;
        await peers.CutAsync();
        foreach (var failure in new[] { await FailureOfAsync(atClient), Assert.IsType<RpcException>(await atServer.Task) })
        {
            Assert.Equal(StatusCode.Unavailable, failure.Code);
            Assert.Contains("not been acknowledged", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Giving_up_an_acknowledgement_leaves_the_call_as_it_was()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        peers.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await mayRead.Task;
            return await messages.CountAsync();
        });
        await using var call = await peers.Channel.StartAsync(new Method("Test/Upload", Body.Stream));
        await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(10)));
        using var cancellation = new CancellationTokenSource();
        var givenUp = call.AcknowledgeAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        var second = call.AcknowledgeAsync();
        mayRead.SetResult();
        Assert.Equal(10, (await second).Bytes);
        await call.CompleteAsync();
        Assert.True(await call.ReadAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task A_single_message_is_confirmed_by_the_end_of_its_call_only()
    {
        await using var peers = await StartForAcknowledgementsAsync();
        peers.Server.Map("Test/Echo", (byte[] message) => message);
        await using var call = await peers.Channel.StartAsync(new Method("Test/Echo"));
        await call.WriteAsync(new ReadOnlySequence<byte>(Pattern.Bytes(10)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await call.AcknowledgeAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task A_wire_without_acknowledgements_says_so()
    {
        if (Wire.Acknowledges)
            Assert.Skip("This wire has them.");
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Upload", (IAsyncEnumerable<byte[]> messages) => messages.CountAsync().AsTask());
        peers.Server.Map("Test/Put", async (Stream octets) =>
        {
            await octets.CopyToAsync(Stream.Null);
            return 1;
        });
        await using var call = await peers.Channel.StartAsync(new Method("Test/Upload", Body.Stream));
        await call.WriteAsync(new ReadOnlySequence<byte>("1"u8.ToArray()));
        Assert.Equal(StatusCode.Unimplemented, (await FailureOfAsync(call.AcknowledgeAsync())).Code);
        await peers.Channel.UploadAsync<int>("Test/Put", async octets =>
        {
            await octets.WriteAsync("1"u8.ToArray());
            Assert.Equal(StatusCode.Unimplemented, (await FailureOfAsync(octets.AcknowledgeAsync())).Code);
        });
    }

    [Fact(Timeout = Hang)]
    public async Task A_ping_measures_the_round_trip_or_says_why_it_cannot()
    {
        await using var peers = await StartAsync(PeerSettings.With(new ManualTimeProvider()));
        peers.Server.Map("Test/Nothing", () => 1);
        await peers.Channel.CallAsync<int>("Test/Nothing");
        var connection = await peers.Channel.OpenAsync();
        var atServer = Assert.Single(peers.Server.Connections);
        if (!Wire.Pings)
        {
            Assert.Equal(StatusCode.Unimplemented, (await FailureOfAsync(connection.PingAsync())).Code);
            Assert.Equal(StatusCode.Unimplemented, (await FailureOfAsync(atServer.PingAsync())).Code);
            return;
        }

        Assert.Equal(TimeSpan.Zero, await connection.PingAsync());
        Assert.Equal(TimeSpan.Zero, await atServer.PingAsync());
    }

    private Task<Peers> StartForAcknowledgementsAsync()
    {
        if (!Wire.Acknowledges)
            Assert.Skip("This wire has no acknowledgements; that it says so is a test of its own.");
        return StartAsync();
    }

    /// <summary>Octets whose source asks for acknowledgement while they are read.</summary>
    private sealed class AskingStream(Func<Task> ask) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await ask();
            return 0;
        }
    }

    private sealed class WritingEndpoint(Method method, Func<ServerCall, Task> write) : Endpoint(method)
    {
        public override async ValueTask InvokeAsync(ServerCall call) => await write(call);
    }
}
