using Hawser.Frames;
using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Connections;

/// <summary>What a connection says of itself on the wire; the channel's side of it is among the tests of credentials.</summary>
public sealed class ConnectionMetadataTests
{
    [Fact]
    public async Task The_hellos_metadata_is_the_peers()
    {
        await using var server = await RawServer.StartAsync();
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Frame(FrameType.Hello, FrameBytes.Number(11), FrameBytes.Sized(FrameBytes.Metadata(("who", "ann")))));
        await peer.ReadGreetingAsync();
        await peer.SendAsync(FrameBytes.Route(1, "Test/Echo"));
        await RawServer.EchoAsync(peer, 1);
        Assert.Equal("ann", Assert.Single(server.Server.Connections).PeerMetadata["who"]);
    }

    [Fact]
    public async Task A_peer_that_says_nothing_of_itself_has_empty_metadata()
    {
        await using var server = await RawServer.StartAsync();
        await server.ConnectWithEchoAsync();
        Assert.Empty(Assert.Single(server.Server.Connections).PeerMetadata);
    }

    [Fact]
    public async Task A_hello_with_more_metadata_than_the_limit_is_told_so()
    {
        await using var server = await RawServer.StartAsync(new ConnectionLimits { MaxMetadataSize = 256 });
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Frame(FrameType.Hello, FrameBytes.Number(11), FrameBytes.Sized(FrameBytes.Metadata(("who", new string('a', 300))))));
        await peer.ReadGreetingAsync();
        var (code, reason) = await peer.ReadCloseAsync();
        Assert.Equal(StatusCode.ResourceExhausted, code);
        Assert.Contains("MaxMetadataSize", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hello_with_broken_metadata_is_a_violation()
    {
        await using var server = await RawServer.StartAsync();
        var peer = server.Transport.Connect();
        await peer.SendAsync(FrameBytes.Preface(), FrameBytes.Frame(FrameType.Hello, FrameBytes.Number(11), FrameBytes.Sized([1, 1, (byte)'A', 0])));
        await peer.ReadGreetingAsync();
        Assert.Equal(StatusCode.Internal, (await peer.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task New_metadata_beyond_the_limit_is_a_violation()
    {
        await using var server = await RawServer.StartAsync(new ConnectionLimits { MaxMetadataSize = 256 });
        var peer = await server.ConnectWithEchoAsync();
        await peer.SendAsync(FrameBytes.Headers(0, FrameBytes.Metadata(("who", new string('a', 2000)))));
        Assert.Equal(StatusCode.Internal, (await peer.ReadCloseAsync()).Code);
    }

    [Fact]
    public async Task A_peer_that_did_not_announce_it_is_sent_no_new_metadata()
    {
        await using var client = RawClient.Create();
        await client.ConnectAsync((3, 100));
        var connection = (FrameConnection)await client.Channel.OpenAsync();
        Assert.Equal(StatusCode.Unimplemented, Assert.Throws<RpcException>(() => connection.SendMetadata(new Metadata().Add("who", "ann"))).Code);
    }
}
