using System.Text;
using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Violations;

/// <summary>What does not speak the wire, or not this version of it.</summary>
public sealed class HandshakeViolationTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "look like HTTP")]
    [InlineData("POST / HTTP/1.1\r\n\r\n", "look like HTTP")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "look like HTTP/2")]
    [InlineData("\u0016\u0003\u0001\u0000\u0005", "look like TLS")]
    [InlineData("SSH-2.0-OpenSSH_9", "first bytes are 5353482D322E302D")]
    public async Task A_stranger_is_told_what_it_looks_like(string first, string guess)
    {
        await using var server = await RawServer.StartAsync();
        var bystander = await server.ConnectWithEchoAsync();
        var stranger = server.Transport.Connect();
        var sending = stranger.TrySendAsync(Encoding.Latin1.GetBytes(first));
        await stranger.ReadGreetingAsync();
        var (code, reason) = await stranger.ReadCloseAsync();
        await sending;
        Assert.Equal(StatusCode.Internal, code);
        Assert.Contains(guess, reason, StringComparison.Ordinal);
        await RawServer.EchoAsync(bystander, 3);
    }

    [Fact]
    public async Task Another_version_is_told_with_both_versions()
    {
        await using var server = await RawServer.StartAsync();
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(version: 7));
        await peer.ReadGreetingAsync();
        var (_, reason) = await peer.ReadCloseAsync();
        Assert.Contains("version 7", reason, StringComparison.Ordinal);
        Assert.Contains("version 1", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_does_not_try_another_version_again()
    {
        var time = new ManualTimeProvider();
        await using var client = RawClient.Create(time: time);
        var opening = client.Channel.OpenAsync().AsTask();
        var peer = await client.Transport.AcceptAsync();
        await peer.ReadGreetingAsync();
        await peer.SendAsync(FrameBytes.Preface(version: 2));
        await peer.ReadCloseAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => opening);
        Assert.Contains("version 2", failure.Status.Text, StringComparison.Ordinal);
        Assert.Contains("version 1", failure.Status.Text, StringComparison.Ordinal);
        time.Advance(TimeSpan.FromDays(1));
        var again = await Assert.ThrowsAsync<RpcException>(async () => await client.Channel.OpenAsync());
        Assert.Equal(failure.Status.Text, again.Status.Text);
        Assert.True(again.NotRun);
        Assert.Equal(1, client.Transport.Connects);
    }

    [Theory]
    [InlineData((int)FrameType.Ping)]
    [InlineData((int)FrameType.Route)]
    [InlineData((int)FrameType.GoingAway)]
    [InlineData((int)FrameType.Credit)]
    [InlineData(15)]
    public async Task A_frame_before_the_hello_is_a_violation(int type)
    {
        await using var server = await RawServer.StartAsync();
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Frame((FrameType)type, new byte[8]));
        await peer.ReadGreetingAsync();
        Assert.Contains("must be its hello", (await peer.ReadCloseAsync()).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)FrameType.Message)]
    [InlineData((int)FrameType.Octets)]
    public async Task Messages_and_octets_before_the_hello_are_a_violation(int type)
    {
        await using var server = await RawServer.StartAsync();
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Frame((FrameType)type, [1, 2]));
        await peer.ReadGreetingAsync();
        Assert.Equal(StatusCode.Internal, (await peer.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task A_hello_with_a_window_below_the_least_is_a_violation() =>
        Assert.Contains("setting 4 is 65535, below", await HelloReasonAsync(FrameBytes.Hello((4, 65535))), StringComparison.Ordinal);

    [Fact]
    public async Task A_hello_whose_setting_is_no_number_is_a_violation() =>
        Assert.Contains("setting 1 is not a number", await HelloReasonAsync(FrameBytes.Frame(FrameType.Hello, [1, 2, 1, 1])), StringComparison.Ordinal);

    [Fact]
    public async Task A_hello_that_ends_within_a_setting_is_a_violation() =>
        Assert.Contains("middle of a setting", await HelloReasonAsync(FrameBytes.Frame(FrameType.Hello, [1, 9, 1])), StringComparison.Ordinal);

    [Fact]
    public async Task Unknown_settings_are_passed_over()
    {
        await using var server = await RawServer.StartAsync();
        var peer = await server.ConnectAsync((99, 5), ((1UL << 62) - 1, 6));
        await peer.SendAsync(FrameBytes.Route(1, "Test/Echo"));
        await RawServer.EchoAsync(peer, 1);
    }

    [Fact]
    public async Task A_peer_that_closes_before_its_hello_ends_quietly()
    {
        await using var server = await RawServer.StartAsync();
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface());
        await peer.ReadGreetingAsync();
        await peer.SendAsync(FrameBytes.Close(StatusCode.Unavailable, "changed my mind"));
        await peer.CompleteAsync();
        await peer.ReadToEndAsync();
        await server.ConnectWithEchoAsync();
    }

    private static async Task<string> HelloReasonAsync(byte[] hello)
    {
        await using var server = await RawServer.StartAsync();
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(), hello);
        await peer.ReadGreetingAsync();
        return (await peer.ReadCloseAsync()).Reason;
    }
}
