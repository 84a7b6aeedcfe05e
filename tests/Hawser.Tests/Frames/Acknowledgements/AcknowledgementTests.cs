using System.Buffers;
using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Acknowledgements;

/// <summary>When a side asks, when it answers, and what it makes of peers that do neither as they should.</summary>
public sealed class AcknowledgementTests
{
    private static readonly Method Upload = new("Test/Upload", Body.Stream);
    private static readonly Method Put = new("Test/Put", Body.MessageAndOctets);

    [Fact]
    public async Task A_message_is_acknowledged_when_its_reader_asks_for_the_next_and_not_before()
    {
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RawServer.StartAsync();
        server.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await foreach (var _ in messages)
                await handled.Task;
            return Array.Empty<byte>();
        });
        var peer = await OpenAsync(server, Upload);
        await peer.SendAsync(FrameBytes.Message(1, "abc"u8), FrameBytes.Ack(1, 3), FrameBytes.Ping(7));
        Assert.Equal(FrameType.Pong, (await peer.ReadAsync()).Type);
        handled.SetResult();
        await AssertAnswerAsync(peer, 3);
    }

    [Fact]
    public async Task Octets_are_acknowledged_when_the_reader_has_moved_on_behind_them()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RawServer.StartAsync();
        server.Server.Map("Test/Put", async (byte[] _, System.IO.Pipelines.PipeReader octets) =>
        {
            var read = await octets.ReadAtLeastAsync(10);
            octets.AdvanceTo(read.Buffer.GetPosition(9), read.Buffer.End);
            await goOn.Task;
            octets.AdvanceTo((await octets.ReadAsync()).Buffer.End);
            await octets.ReadAsync();
            return Array.Empty<byte>();
        });
        var peer = await OpenAsync(server, Put);
        await peer.SendAsync(FrameBytes.Message(1, "head"u8), FrameBytes.Octets(1, new byte[4]), FrameBytes.Ack(1, 8), FrameBytes.Octets(1, new byte[6]), FrameBytes.Ack(1, 14));
        await AssertAnswerAsync(peer, 8);
        await peer.SendAsync(FrameBytes.Octets(1, new byte[1]), FrameBytes.Ping(7));
        Assert.Equal(FrameType.Pong, (await peer.ReadAsync()).Type);
        goOn.SetResult();
        await AssertAnswerAsync(peer, 14);
    }

    [Fact]
    public async Task A_question_that_comes_when_its_reader_has_read_the_end_is_answered_at_once()
    {
        var hasRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RawServer.StartAsync();
        server.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await messages.CountAsync();
            hasRead.SetResult();
            await mayEnd.Task;
            return Array.Empty<byte>();
        });
        var peer = await OpenAsync(server, Upload);
        await peer.SendAsync(FrameBytes.Message(1, "abc"u8), FrameBytes.End(1));
        await hasRead.Task;
        await peer.SendAsync(FrameBytes.Ack(1, 3));
        await AssertAnswerAsync(peer, 3);
        mayEnd.SetResult();
    }

    [Fact]
    public async Task A_question_amid_the_pieces_of_a_message_is_about_the_messages_before_it()
    {
        await using var server = await RawServer.StartAsync();
        server.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) => await messages.LastAsync());
        var peer = await OpenAsync(server, Upload);
        await peer.SendAsync(FrameBytes.Message(1, "abc"u8), FrameBytes.Message(1, "half "u8, FrameFlags.More), FrameBytes.Ack(1, 3));
        await AssertAnswerAsync(peer, 3);
        await peer.SendAsync(FrameBytes.Message(1, "whole"u8), FrameBytes.End(1), FrameBytes.Ack(1, 13));
        Assert.Equal("half whole", System.Text.Encoding.ASCII.GetString((await peer.ReadAsync(FrameType.Message)).After(1)));
    }

    [Fact]
    public async Task A_message_beyond_the_window_arrives_behind_a_question_whose_answer_is_not_due()
    {
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RawServer.StartAsync(new ConnectionLimits { CallWindow = 65536, ConnectionWindow = 65536 });
        server.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
        {
            var sizes = new List<int>();
            await foreach (var message in messages)
            {
                sizes.Add(message.Length);
                await handled.Task;
            }

            return (byte[])[(byte)sizes.Count, (byte)(sizes[1] >> 16)];
        });
        var peer = await OpenAsync(server, Upload);
        await peer.SendAsync(FrameBytes.Message(1, "abc"u8), FrameBytes.Ack(1, 3));
        for (var piece = 0; piece < 3; piece++)
            await peer.SendAsync(FrameBytes.Message(1, new byte[16384], FrameFlags.More));
        handled.SetResult();
        for (var piece = 0; piece < 9; piece++)
        {
            await peer.ReadAsync(FrameType.Credit);
            await peer.SendAsync(FrameBytes.Message(1, new byte[16384], piece == 8 ? FrameFlags.None : FrameFlags.More));
        }

        await peer.SendAsync(FrameBytes.End(1));
        Assert.Equal([1, 2, 3], (await peer.ReadAsync(FrameType.Message)).Body);
    }

    [Fact]
    public Task A_question_on_a_call_that_sends_one_message_is_a_violation() =>
        HangsUpAsync("neither a stream nor octets", new Method("Test/Echo"), FrameBytes.Open(1, 1), FrameBytes.Ack(1, 0));

    [Fact]
    public Task A_question_on_a_call_whose_request_was_over_as_it_began_is_a_violation() =>
        HangsUpAsync("neither a stream nor octets", Upload, FrameBytes.Open(1, 1, end: true), FrameBytes.Ack(1, 0));

    [Fact]
    public Task An_answer_that_was_not_asked_for_is_a_violation() =>
        HangsUpAsync("was not asked to", Upload, FrameBytes.Open(1, 1), FrameBytes.AckAnswer(1, 0));

    [Fact]
    public Task A_question_about_a_call_that_was_never_started_is_a_violation() => HangsUpAsync("never started", Upload, FrameBytes.Ack(9, 0));

    [Fact]
    public Task More_questions_than_were_announced_are_a_violation() =>
        HangsUpAsync("16 questions", Upload, [FrameBytes.Open(1, 1), FrameBytes.Message(1, "x"u8), .. Enumerable.Repeat(FrameBytes.Ack(1, 1), 17)]);

    [Fact]
    public async Task A_wrong_answer_is_a_violation()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((9, 16));
        await using var call = await client.Channel.StartAsync(Upload);
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[5]));
        var acknowledged = call.AcknowledgeAsync().AsTask();
        await peer.ReadAsync(FrameType.Ack);
        await peer.SendAsync(FrameBytes.AckAnswer(1, 4));
        Assert.Equal((StatusCode.Unavailable, true), ((await Assert.ThrowsAsync<RpcException>(() => acknowledged)).Code, (await peer.ReadCloseAsync()).Reason.Contains("4 bytes", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_peer_that_did_not_announce_it_is_never_asked()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 100));
        await using var call = await client.Channel.StartAsync(Upload);
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[5]));
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await call.AcknowledgeAsync());
        Assert.Equal(StatusCode.Unimplemented, failure.Code);
        await call.CompleteAsync();
        Assert.Equal([FrameType.Route, FrameType.Call, FrameType.Message, FrameType.End], [(await peer.ReadAsync()).Type, (await peer.ReadAsync()).Type, (await peer.ReadAsync()).Type, (await peer.ReadAsync()).Type]);
    }

    [Fact]
    public async Task Those_who_ask_while_the_peer_holds_no_more_questions_share_the_next_one()
    {
        await using var client = RawClient.Create();
        var peer = await client.ConnectAsync((3, 100), (9, 1));
        await using var call = await client.Channel.StartAsync(Upload);
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[5]));
        var first = call.AcknowledgeAsync().AsTask();
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[2]));
        var second = call.AcknowledgeAsync().AsTask();
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[1]));
        var third = call.AcknowledgeAsync().AsTask();
        Assert.Equal([1, 5], (await peer.ReadAsync(FrameType.Ack)).Numbers(2));
        await peer.SendAsync(FrameBytes.AckAnswer(1, 5));
        Assert.Equal(5, (await first).Bytes);
        Assert.Equal([1, 8], (await peer.ReadAsync(FrameType.Ack)).Numbers(2));
        await peer.SendAsync(FrameBytes.AckAnswer(1, 8));
        Assert.Equal((7, 8), ((await second).Bytes, (await third).Bytes));
    }

    [Fact]
    public async Task The_delay_is_the_time_from_asking_to_the_answer()
    {
        var time = new Hawser.Testing.ManualTimeProvider();
        await using var client = RawClient.Create(time: time);
        var peer = await client.ConnectAsync((3, 100), (9, 16));
        await using var call = await client.Channel.StartAsync(Upload);
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[5]));
        var acknowledged = call.AcknowledgeAsync().AsTask();
        await peer.ReadAsync(FrameType.Ack);
        time.Advance(TimeSpan.FromMilliseconds(70));
        await peer.SendAsync(FrameBytes.AckAnswer(1, 5));
        Assert.Equal(new Acknowledgement(5, TimeSpan.FromMilliseconds(70)), await acknowledged);
    }

    private static async Task<RawPeer> OpenAsync(RawServer server, Method method)
    {
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, method.FullName, method.Request, method.Response), FrameBytes.Open(1, 1));
        return peer;
    }

    private static async Task AssertAnswerAsync(RawPeer peer, ulong bytes)
    {
        var answer = await peer.ReadAsync(FrameType.Ack);
        Assert.Equal((FrameFlags.Answer, 1UL, bytes), (answer.Flags, answer.Numbers(2)[0], answer.Numbers(2)[1]));
    }

    private static async Task HangsUpAsync(string reason, Method method, params byte[][] frames)
    {
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await RawServer.StartAsync();
        server.Server.Map("Test/Upload", async (IAsyncEnumerable<byte[]> messages) =>
        {
            await foreach (var _ in messages)
                await never.Task;
            return Array.Empty<byte>();
        });
        var bystander = await server.ConnectWithEchoAsync();
        var peer = await server.ConnectAsync();
        await peer.SendAsync(FrameBytes.Route(1, method.FullName, method.Request, method.Response));
        await peer.SendAsync(frames);
        var (code, text) = await peer.ReadCloseAsync();
        Assert.Equal(StatusCode.Internal, code);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        await RawServer.EchoAsync(bystander, 3);
        never.SetResult();
    }
}
