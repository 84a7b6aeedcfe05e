using System.Text;

namespace Hawser.Conformance.Calls;

/// <summary>The mistakes of the system that this one succeeds, each as a test that it is not made here.</summary>
public abstract class MistakesConformance(WireUnderTest wire) : CallConformance(wire)
{
    [Fact(Timeout = Hang)]
    public async Task Octets_are_not_taken_for_messages_nor_messages_for_octets()
    {
        Assert.SkipUnless(Wire.TellsKinds, "Octets are messages on this wire.");
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Messages", (IAsyncEnumerable<byte[]> requests) => Task.CompletedTask);
        peers.Server.Map("Test/Octets", (Stream octets) => Task.CompletedTask);

        var octets = await FailureOfAsync(peers.Channel.UploadAsync<Empty>("Test/Messages", new PatternStream(100_000)));
        var messages = await FailureOfAsync(peers.Channel.CallAsync<byte[], Empty>("Test/Octets", Streams.Of<byte[]>(Pattern.Bytes(100_000))));

        Assert.Equal(StatusCode.Unimplemented, octets.Code);
        Assert.Equal(StatusCode.Unimplemented, messages.Code);
        Assert.Contains("Test/Messages", octets.Status.Text, StringComparison.Ordinal);
        await AssertUsableAsync(peers);
    }

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(70_001)]
    [InlineData(300_003)]
    public async Task A_link_that_ends_in_the_middle_of_a_frame_is_not_taken_for_the_end_of_the_octets(int bytesUntilEnd)
    {
        Assert.SkipUnless(Wire.HasOwnFlowControl, "The server's links are Kestrel's; the tests of the gRPC client cut them.");
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Download", (Stream octets) => octets);
        var rest = new Signal();
        var source = new PatternStream(2_000_000) { Gate = position => position == 0 ? Task.CompletedTask : rest.Fired };
        await using var reply = await peers.Channel.ExchangeAsync("Test/Download", source);
        var octets = reply.AsStream();
        await octets.ReadExactlyAsync(new byte[1]);

        peers.ServerTransport.Link.BytesUntilEnd = bytesUntilEnd;
        rest.Fire();
        var failure = await FailureOfAsync(octets.CopyToAsync(Stream.Null));

        Assert.Equal(StatusCode.Unavailable, failure.Code);
    }

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public async Task A_request_body_that_nobody_reads_does_not_shift_the_next_reply(int size)
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/IgnoreOctets", (Stream octets) => "octets");
        peers.Server.Map("Test/IgnoreMessages", (IAsyncEnumerable<byte[]> requests) => "messages");
        peers.Server.Map("Test/Echo", (int number) => number);

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("octets", await peers.Channel.UploadAsync<string>("Test/IgnoreOctets", new PatternStream(size)));
            Assert.Equal(i, await peers.Channel.CallAsync<int, int>("Test/Echo", i));
            Assert.Equal("messages", await peers.Channel.CallAsync<byte[], string>("Test/IgnoreMessages", Streams.Of(new byte[size], new byte[size])));
            Assert.Equal(i, await peers.Channel.CallAsync<int, int>("Test/Echo", i));
        }
    }

    [Fact(Timeout = Hang)]
    public async Task Json_of_any_length_leaves_nothing_behind_for_the_next_call()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (string text) => text);

        foreach (var length in Sizes.Around(512, 4096, 8192, 65_536).Concat(Enumerable.Range(0, 260)))
        {
            var text = new string((char)('a' + (length % 26)), length);
            Assert.Equal(text, await peers.Channel.CallAsync<string, string>("Test/Echo", text));
        }
    }

    [Theory(Timeout = Hang)]
    [InlineData(500)]
    [InlineData(513)]
    [InlineData(4097)]
    [InlineData(16_000)]
    public async Task Long_metadata_arrives_whole_both_ways(int length)
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", async (CallContext call) =>
        {
            await call.WriteHeadersAsync(new Metadata().Add("echo", call.RequestMetadata["long"]!));
            call.Trailers.Add("echo", call.RequestMetadata["long"]!);
        });
        var text = new string('m', length);
        var result = new CallResult();

        await peers.Channel.CallAsync<Empty>("Test/Echo", new CallOptions { Metadata = new Metadata().Add("long", text), Result = result });

        Assert.Equal(text, result.Headers["echo"]);
        Assert.Equal(text, result.Trailers["echo"]);
        await AssertUsableAsync(peers);
    }

    [Theory(Timeout = Hang)]
    [InlineData(513)]
    [InlineData(4097)]
    [InlineData(16_000)]
    public async Task A_long_error_text_arrives_whole(int length)
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Fail", (int size) => FailWith(new string('e', size)));

        var failure = await FailureOfAsync(peers.Channel.CallAsync<int, Empty>("Test/Fail", length));

        Assert.Equal(new string('e', length), failure.Status.Text);
        await AssertUsableAsync(peers);
    }

    [Fact(Timeout = Hang)]
    public async Task An_error_text_without_measure_is_cut_and_hangs_nobody_up()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Fail", (int size) => FailWith(new string('é', size)));

        var failure = await FailureOfAsync(peers.Channel.CallAsync<int, Empty>("Test/Fail", 1_000_000));

        Assert.Equal(StatusCode.Aborted, failure.Code);
        Assert.NotEmpty(failure.Status.Text);
        Assert.Equal("", failure.Status.Text.Trim('é'));
        await AssertUsableAsync(peers);
    }

    [Theory(Timeout = Hang)]
    [InlineData(9_000, 9_000)]
    [InlineData(16_000, 16_000)]
    [InlineData(100_000, 16_000)]
    [InlineData(100, 100_000)]
    public async Task A_long_error_text_with_large_trailers_hangs_nobody_up(int text, int trailers)
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Fail", void () => throw new RpcException(
            new Status(StatusCode.Aborted, new string('e', text)), new Metadata().Add("large-bin", new byte[trailers])));

        var failure = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/Fail"));

        Assert.True(failure.Code is StatusCode.Aborted or StatusCode.ResourceExhausted, failure.Message);
        await AssertUsableAsync(peers);
    }

    [Fact(Timeout = Hang)]
    public async Task A_reply_that_is_read_in_part_leaves_the_next_calls_alone()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Octets", () => (Stream)new PatternStream(long.MaxValue));
        peers.Server.Map("Test/Messages", () => Streams.CountAsync(int.MaxValue));

        for (var i = 0; i < 10; i++)
        {
            await using (var reply = await peers.Channel.DownloadAsync("Test/Octets"))
                await reply.AsStream().ReadExactlyAsync(new byte[100_000]);
            await foreach (var number in peers.Channel.StreamAsync<int>("Test/Messages"))
            {
                if (number == 100)
                    break;
            }

            await AssertUsableAsync(peers);
        }
    }

    [Theory(Timeout = Hang)]
    [InlineData(8)]
    [InlineData(64)]
    public async Task Many_callers_of_one_channel_each_get_their_own_replies(int callers)
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (byte[] message) => message);
        peers.Server.Map("Test/Exchange", (Stream octets) => octets);

        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 20; i++)
            {
                var message = Pattern.Bytes(random.Next(i % 4 == 0 ? 50_000 : 100), caller + i);
                Assert.Equal(message, await peers.Channel.CallAsync<byte[], byte[]>("Test/Echo", message));
            }

            await using var reply = await peers.Channel.ExchangeAsync("Test/Exchange", new PatternStream(50_000, caller));
            Assert.Equal(50_000, await Pattern.ReadAsync(reply.AsStream(), caller));
        })));
    }

    [Fact(Timeout = Hang)]
    public async Task An_unknown_method_blocks_nobody_however_much_is_sent_to_it()
    {
        await using var peers = await StartAsync(PeerSettings.With(Sizes.SmallWindows));
        var source = new PatternStream(long.MaxValue);

        var octets = await FailureOfAsync(peers.Channel.UploadAsync<Empty>("Test/Unknown", source));
        var message = await FailureOfAsync(peers.Channel.CallAsync<byte[], byte[]>("Test/Unknown", new byte[3_000_000]));
        var messages = await FailureOfAsync(peers.Channel.CallAsync<int, Empty>("Test/Unknown", Streams.CountAsync(int.MaxValue)));

        Assert.All([octets, message, messages], failure =>
        {
            Assert.Equal(StatusCode.Unimplemented, failure.Code);
            Assert.Contains("Test/Unknown", failure.Status.Text, StringComparison.Ordinal);
            Assert.Equal(Wire.TellsKinds, failure.NotRun);
        });
        await source.Disposed;
        await AssertUsableAsync(peers);
    }

    [Fact(Timeout = Hang)]
    public async Task A_slow_trickle_of_octets_arrives_byte_by_byte()
    {
        await using var peers = await StartAsync();
        var arrived = Enumerable.Range(0, 21).Select(_ => new Signal()).ToArray();
        peers.Server.Map("Test/Exchange", (Stream octets) => octets);
        arrived[0].Fire();
        var source = new PatternStream(20) { Gate = position => arrived[position].Fired };

        // A read takes what there is: the source gives one byte only when the one before has come back.
        var trickle = new LimitedReadStream(source, 1);
        await using var reply = await peers.Channel.ExchangeAsync("Test/Exchange", trickle);
        var octets = reply.AsStream();
        for (var i = 1; i <= 20; i++)
        {
            var one = new byte[1];
            await octets.ReadExactlyAsync(one);
            Assert.Equal(Pattern.At(i - 1), one[0]);
            arrived[i].Fire();
        }

        Assert.Equal(0, await octets.ReadAsync(new byte[1]));
    }

    [Fact(Timeout = Hang)]
    public async Task A_slow_trickle_of_messages_arrives_one_by_one()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Echo", (IAsyncEnumerable<int> numbers) => numbers);
        var next = System.Threading.Channels.Channel.CreateUnbounded<int>();
        next.Writer.TryWrite(0);

        var seen = 0;
        await foreach (var number in peers.Channel.StreamAsync<int, int>("Test/Echo", next.Reader.ReadAllAsync()))
        {
            Assert.Equal(seen++, number);
            if (seen == 20)
                next.Writer.Complete();
            else
                next.Writer.TryWrite(seen);
        }

        Assert.Equal(20, seen);
    }

    [Theory(Timeout = Hang)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public async Task A_reply_source_that_fails_in_mid_stream_is_told_after_its_octets(int length)
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Download", () =>
            (Stream)new PatternStream(length) { Failure = new RpcException(StatusCode.DataLoss, "The disk has a bad sector.") });

        await using var reply = await peers.Channel.DownloadAsync("Test/Download");
        var octets = new CountingStream(reply.AsStream());
        var failure = await FailureOfAsync(Pattern.ReadAsync(octets));

        Assert.Equal(length, octets.Count);
        Assert.Equal(StatusCode.DataLoss, failure.Code);
        Assert.Equal("The disk has a bad sector.", failure.Status.Text);
    }

    [Theory(Timeout = Hang)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public async Task A_request_source_that_fails_in_mid_stream_is_an_error_on_both_sides(int length)
    {
        await using var peers = await StartAsync();
        var seen = new TaskCompletionSource<(long, Exception?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new Signal();
        peers.Server.Map("Test/Upload", async (Stream stream) =>
        {
            started.Fire();
            var octets = new CountingStream(stream);
            var failure = await Record.ExceptionAsync(() => Pattern.ReadAsync(octets));
            seen.SetResult((octets.Count, failure));
        });
        var source = new PatternStream(length) { Failure = new InvalidOperationException("The disk has a bad sector."), Gate = _ => started.Fired };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => peers.Channel.UploadAsync<Empty>("Test/Upload", source).AsTask());

        Assert.Equal("The disk has a bad sector.", failure.Message);
        await source.Disposed;
        var (count, seenFailure) = await seen.Task;
        Assert.InRange(count, Wire.DeliversWhatAResetFollows ? length : 0, length);
        Assert.Equal(StatusCode.Cancelled, Assert.IsType<RpcException>(seenFailure).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_panicking_handler_ends_its_own_call_only()
    {
        await using var peers = await StartAsync();
        var release = new Signal();
        peers.Server.Map("Test/Wait", async Task<string> () =>
        {
            await release.Fired;
            return "done";
        });
        peers.Server.Map("Test/Panic", string () => throw new InvalidCastException("panic"));
        peers.Server.Map("Test/PanicLater", async Task () =>
        {
            await Task.Yield();
            throw new NotSupportedException("panic");
        });

        var waiting = peers.Channel.CallAsync<string>("Test/Wait").AsTask();
        var first = await FailureOfAsync(peers.Channel.CallAsync<string>("Test/Panic"));
        var second = await FailureOfAsync(peers.Channel.CallAsync<Empty>("Test/PanicLater"));
        release.Fire();

        Assert.Equal(StatusCode.Unknown, first.Code);
        Assert.Equal(StatusCode.Unknown, second.Code);
        Assert.Equal("done", await waiting);
    }

    private static void FailWith(string text) => throw new RpcException(StatusCode.Aborted, text);

    private static async Task AssertUsableAsync(Peers peers)
    {
        var links = peers.ChannelTransport.Links.Count;
        if (peers.Server.Endpoints.Find("Test/Usable") is null)
            peers.Server.Map("Test/Usable", (string text) => Encoding.UTF8.GetByteCount(text));
        Assert.Equal(3, await peers.Channel.CallAsync<string, int>("Test/Usable", "abc"));
        Assert.Equal(1, links);
        Assert.Single(peers.ChannelTransport.Links);
    }
}
