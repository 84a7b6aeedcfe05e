using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Violations;

/// <summary>A client breaks the protocol: its own connection ends, with the reason told, and nobody else notices.</summary>
public sealed class ServerViolationTests
{
    private static readonly byte[] Echo = FrameBytes.Route(1, "Test/Echo");
    private static readonly byte[] Stream = FrameBytes.Route(1, "Test/Count", Body.Stream);

    [Fact]
    public Task A_second_hello_is_a_violation() => HangsUpAsync("second hello", FrameBytes.Hello());

    [Fact]
    public Task A_frame_of_an_unknown_type_is_a_violation() => HangsUpAsync("type 15", FrameBytes.Frame((FrameType)15));

    [Fact]
    public Task A_frame_that_announces_4_GiB_is_a_violation_at_once() =>
        HangsUpAsync("4294967296 bytes", [(byte)FrameType.Message, .. FrameBytes.Number(1UL << 32)]);

    [Fact]
    public Task Octets_that_announce_more_than_a_MiB_are_a_violation() =>
        HangsUpAsync("1048577 bytes", [(byte)FrameType.Octets, .. FrameBytes.Number(1024 * 1024 + 1)]);

    [Fact]
    public Task A_frame_one_byte_longer_than_64_KiB_is_a_violation() => HangsUpAsync("65537 bytes", [(byte)FrameType.Call, .. FrameBytes.Number(64 * 1024 + 1)]);

    [Fact]
    public Task A_frame_that_ends_within_a_number_is_a_violation() => HangsUpAsync("middle of a number", FrameBytes.Frame(FrameType.Credit, [0x01]));

    [Fact]
    public Task A_frame_that_ends_within_a_field_is_a_violation() => HangsUpAsync("middle of a field", FrameBytes.Frame(FrameType.Reset, [0x01, 0x01, 0x05, 0x61]));

    [Fact]
    public Task A_frame_with_bytes_behind_its_last_field_is_a_violation() => HangsUpAsync("behind its last field", FrameBytes.Frame(FrameType.End, [0x01, 0x00]));

    [Fact]
    public Task A_message_that_ends_within_its_id_is_a_violation() => HangsUpAsync("middle of its call's id", FrameBytes.Frame(FrameType.Message, [0x40]));

    [Fact]
    public Task Octets_that_end_within_their_id_are_a_violation() => HangsUpAsync("middle of its call's id", FrameBytes.Frame(FrameType.Octets, [0x40]));

    [Fact]
    public Task A_call_that_carries_an_id_of_the_other_side_is_a_violation() => HangsUpAsync("started call 2", Echo, FrameBytes.Call(2, 1, "x"u8));

    [Fact]
    public Task A_call_with_the_id_zero_is_a_violation() => HangsUpAsync("started call 0", Echo, FrameBytes.Call(0, 1, "x"u8));

    [Fact]
    public async Task A_call_with_an_id_that_was_used_is_a_violation()
    {
        await using var server = await RawServer.StartAsync();
        var peer = await server.ConnectWithEchoAsync();
        await peer.SendAsync(FrameBytes.Call(1, 1, "x"u8));
        Assert.Contains("the last was 1", (await peer.ReadCloseAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_call_of_a_route_that_was_not_announced_is_a_violation() => HangsUpAsync("called route 7", FrameBytes.Call(1, 7, "x"u8));

    [Fact]
    public Task A_route_that_is_announced_twice_is_a_violation() => HangsUpAsync("the next is 2", Echo, Echo);

    [Fact]
    public Task A_route_that_skips_a_number_is_a_violation() => HangsUpAsync("the next is 1", FrameBytes.Route(2, "Test/Echo"));

    [Fact]
    public Task A_route_beyond_the_4096th_is_a_violation() => HangsUpAsync(
        "more than 4096 routes",
        [.. Enumerable.Range(1, 4097).Select(static i => FrameBytes.Route((ulong)i, $"Test/M{i}"))]);

    [Fact]
    public Task A_route_of_an_unknown_shape_is_a_violation() =>
        HangsUpAsync("unknown shape", FrameBytes.Frame(FrameType.Route, FrameBytes.Number(1), FrameBytes.Number(5), FrameBytes.Text("json"), FrameBytes.Text("A/B")));

    [Fact]
    public Task A_route_whose_name_is_none_is_a_violation() => HangsUpAsync("wrong name", FrameBytes.Route(1, "no slash"));

    [Fact]
    public Task A_one_way_route_with_a_response_is_a_violation() => HangsUpAsync("one-way", FrameBytes.Route(1, "A/B", oneWay: true));

    [Fact]
    public Task A_message_on_a_call_that_has_ended_its_request_is_a_violation() =>
        HangsUpAsync("which takes none", FrameBytes.Route(1, "Test/Wait"), FrameBytes.Call(1, 1, "x"u8), FrameBytes.Message(1, "y"u8));

    [Fact]
    public Task A_free_message_on_a_call_that_has_ended_its_request_is_a_violation() =>
        HangsUpAsync("which takes none", FrameBytes.Route(1, "Test/Wait"), FrameBytes.Call(1, 1, "x"u8), FrameBytes.Message(1, "y"u8, FrameFlags.End));

    [Fact]
    public Task Octets_on_a_call_that_takes_messages_are_a_violation() => HangsUpAsync("octets on call 1", Stream, FrameBytes.Open(1, 1), FrameBytes.Octets(1, "y"u8));

    [Fact]
    public Task More_than_4_KiB_within_a_call_frame_is_a_violation() => HangsUpAsync("at most 4096", Echo, FrameBytes.Call(1, 1, new byte[4097]));

    [Fact]
    public Task A_call_without_a_message_but_with_bytes_is_a_violation() =>
        HangsUpAsync("behind its last field", Echo, FrameBytes.Frame(FrameType.Call, FrameFlags.End, FrameBytes.Number(1), FrameBytes.Number(1), [1, 2]));

    [Fact]
    public Task More_on_a_call_than_its_window_allows_is_a_violation() => HangsUpAsync(
        "ConnectionLimits.CallWindow",
        new ConnectionLimits { CallWindow = 64 * 1024 },
        [FrameBytes.Route(1, "Test/Stuck", Body.Stream), FrameBytes.Open(1, 1), FrameBytes.Message(1, new byte[40_000]), FrameBytes.Message(1, new byte[40_000])]);

    [Fact]
    public Task More_on_a_connection_than_its_window_allows_is_a_violation() => HangsUpAsync(
        "ConnectionLimits.ConnectionWindow",
        new ConnectionLimits { ConnectionWindow = 64 * 1024 },
        [FrameBytes.Route(1, "Test/Stuck", Body.Stream), FrameBytes.Open(1, 1), FrameBytes.Open(3, 1), FrameBytes.Message(1, new byte[40_000]), FrameBytes.Message(3, new byte[40_000])]);

    [Fact]
    public Task One_way_calls_beyond_the_connections_window_are_a_violation() => HangsUpAsync(
        "ConnectionLimits.ConnectionWindow",
        new ConnectionLimits { ConnectionWindow = 64 * 1024 },
        [FrameBytes.Route(1, "Test/StuckNotice", Body.Message, Body.Empty, oneWay: true), .. Enumerable.Range(0, 257).Select(static i => FrameBytes.Call((ulong)((2 * i) + 1), 1, []))]);

    [Fact]
    public Task More_credit_than_can_be_counted_is_a_violation() => HangsUpAsync("more credit", FrameBytes.Credit(0, (1UL << 62) - 1));

    [Fact]
    public Task A_message_for_a_call_that_never_was_is_a_violation() => HangsUpAsync("never started", FrameBytes.Message(5, "x"u8));

    [Fact]
    public Task Octets_for_a_call_that_never_was_are_a_violation() => HangsUpAsync("never started", FrameBytes.Octets(5, "x"u8));

    [Fact]
    public Task An_end_for_a_call_that_never_was_is_a_violation() => HangsUpAsync("never started", FrameBytes.End(5));

    [Fact]
    public Task A_reset_of_a_call_that_never_was_is_a_violation() => HangsUpAsync("never started", FrameBytes.Reset(5));

    [Fact]
    public Task Headers_by_the_caller_are_a_violation() => HangsUpAsync("which it started itself", FrameBytes.Headers(1, FrameBytes.Metadata()));

    [Fact]
    public Task A_finish_by_the_caller_is_a_violation() => HangsUpAsync("which it started itself", FrameBytes.Finish(1));

    [Fact]
    public Task An_end_for_a_call_of_the_other_side_is_a_violation() => HangsUpAsync("the side that serves", FrameBytes.End(2));

    [Fact]
    public Task A_metadata_key_in_upper_case_is_a_violation() =>
        HangsUpAsync("metadata key has the byte 0x4B", Echo, FrameBytes.CallWithHeaders(1, 1, 0, FrameBytes.Metadata(("Key", "value")), "x"u8));

    [Fact]
    public Task An_empty_metadata_key_is_a_violation() =>
        HangsUpAsync("key is empty", Echo, FrameBytes.CallWithHeaders(1, 1, 0, FrameBytes.Metadata(("", "value")), "x"u8));

    [Fact]
    public Task A_control_character_in_a_metadata_text_is_a_violation() =>
        HangsUpAsync("byte 0x0A", Echo, FrameBytes.CallWithHeaders(1, 1, 0, FrameBytes.Metadata(("key", "a\nb")), "x"u8));

    [Fact]
    public Task A_metadata_block_that_counts_more_than_it_has_is_a_violation() =>
        HangsUpAsync("middle of", Echo, FrameBytes.CallWithHeaders(1, 1, 0, FrameBytes.Number(1UL << 40), []));

    [Fact]
    public Task A_ping_of_seven_bytes_is_a_violation() => HangsUpAsync("it must have 8", FrameBytes.Frame(FrameType.Ping, new byte[7]));

    [Fact]
    public Task A_pong_for_a_ping_that_was_never_sent_is_a_violation() => HangsUpAsync("never sent", FrameBytes.Pong(1));

    [Fact]
    public async Task Late_frames_for_a_call_that_has_ended_are_ignored()
    {
        await using var server = await RawServer.StartAsync();
        var peer = await server.ConnectWithEchoAsync();
        await peer.SendAsync(FrameBytes.Message(1, "late"u8), FrameBytes.Octets(1, "late"u8), FrameBytes.End(1), FrameBytes.Reset(1), FrameBytes.Credit(1, 7));
        await RawServer.EchoAsync(peer, 3);
    }

    [Fact]
    public Task An_end_in_the_middle_of_a_message_is_a_violation() =>
        HangsUpAsync("half of a message", Stream, FrameBytes.Open(1, 1), FrameBytes.Message(1, "half"u8, FrameFlags.More), FrameBytes.End(1));

    private static Task HangsUpAsync(string reason, params byte[][] frames) => HangsUpAsync(reason, new ConnectionLimits(), frames);

    private static async Task HangsUpAsync(string reason, ConnectionLimits limits, byte[][] frames)
    {
        await using var server = await RawServer.StartAsync(limits);
        var forever = new TaskCompletionSource();
        server.Server.Map("Test/Count", async (IAsyncEnumerable<byte[]> messages) => await messages.CountAsync());
        server.Server.Map("Test/Wait", async (byte[] message, CallContext call) =>
        {
            await forever.Task.WaitAsync(call.CancellationToken);
            return message;
        });
        server.Server.Map("Test/Stuck", async (IAsyncEnumerable<byte[]> messages, CallContext call) =>
        {
            await forever.Task.WaitAsync(call.CancellationToken);
            return await messages.CountAsync();
        });
        server.Server.Endpoints.MapOneWay("Test/StuckNotice", async (byte[] message, CallContext call) => await forever.Task.WaitAsync(call.CancellationToken));
        var bystander = await server.ConnectWithEchoAsync();
        var offender = await server.ConnectAsync();

        // The last frames may no longer be read, which is the point.
        var sending = offender.TrySendAsync(FrameBytes.Join(frames));
        var (code, text) = await offender.ReadCloseAsync();
        Assert.Equal(StatusCode.Internal, code);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        offender.Cut();
        await sending;
        await RawServer.EchoAsync(bystander, 3);
        await RawServer.EchoAsync(await server.ConnectWithEchoAsync(), 3);
    }
}
