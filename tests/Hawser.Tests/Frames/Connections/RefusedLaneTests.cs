using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;
using Hawser.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Tests.Frames.Connections;

/// <summary>A peer that is going away refuses a call on a lane of its own, and this is read before the word on the first lane.</summary>
public sealed class RefusedLaneTests : IAsyncDisposable
{
    private static readonly Method Streaming = new("Test/Stream", response: Body.Stream);

    private readonly FrameConnection connection;
    private readonly InProcessConnection server;
    private readonly RawPeer peer;

    public RefusedLaneTests()
    {
        (var link, server) = InProcessConnection.CreatePair("raw:test");
        peer = new RawPeer(server.FirstLane);
        connection = new FrameConnection(
            link,
            isInitiator: true,
            new ConnectionSettings(JsonCodec.Default, new ConnectionLimits(), new EndpointRegistry(JsonCodec.Default), [], false, NullLogger.Instance, new ManualTimeProvider()));
    }

    [Fact(Timeout = Hang)]
    public async Task No_more_calls_are_started_once_one_was_refused_by_a_peer_that_takes_none()
    {
        await OpenAsync();
        await RefuseAsync(StatusCode.Unavailable);

        Assert.False(connection.IsUsable);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => connection.StartAsync(Streaming).AsTask());
        Assert.True(refusal.NotRun);
        Assert.Equal(StatusCode.Ok, (await peer.ReadCloseAsync()).Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_call_that_is_refused_for_itself_leaves_the_connection_in_use()
    {
        await OpenAsync();
        await RefuseAsync(StatusCode.Unimplemented);

        Assert.True(connection.IsUsable);
    }

    public async ValueTask DisposeAsync()
    {
        peer.Cut();
        await server.DisposeAsync();
        await connection.CloseAsync(StatusCode.Ok, "the test is over");
    }

    private async Task OpenAsync()
    {
        var opening = connection.OpenAsync(TestContext.Current.CancellationToken);
        await peer.HandshakeAsync((3, 100));
        await opening.WaitAsync(RawPeer.Patience);
    }

    /// <summary>Has a call started on a lane of its own, and refused there.</summary>
    private async Task RefuseAsync(StatusCode code)
    {
        await using var call = await connection.StartAsync(Streaming);
        var lane = new RawPeer((await server.AcceptLaneAsync(TestContext.Current.CancellationToken))!);
        await lane.ReadAsync(FrameType.Call);
        await lane.SendAsync(FrameBytes.Finish(1, code, "no", flags: FrameFlags.NotRun));
        while (await call.ReadAsync())
        {
        }

        Assert.True(call.NotRun);
    }
}
