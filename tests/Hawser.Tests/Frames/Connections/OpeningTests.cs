using Hawser.Frames;
using Hawser.Testing;
using Hawser.Tests.Frames.Raw;
using Hawser.Transports;

namespace Hawser.Tests.Frames.Connections;

/// <summary>The moment in which a server accepts a peer.</summary>
public sealed class OpeningTests
{
    [Fact(Timeout = Hang)]
    public async Task What_others_send_as_soon_as_a_connection_is_open_comes_after_the_hello()
    {
        var logger = new HeldLogger(HeldLogger.ConnectionOpened);
        var (client, link) = InProcessConnection.CreatePair("raw:test");
        var peer = new RawPeer(client.FirstLane);
        var connection = new FrameConnection(
            link, isInitiator: false, new ConnectionSettings(JsonCodec.Default, new ConnectionLimits(), new EndpointRegistry(JsonCodec.Default), [], false, logger, new ManualTimeProvider()));
        var opening = connection.OpenAsync(static _ => ValueTask.FromResult(Status.Ok), CancellationToken.None);
        await peer.SendAsync(FrameBytes.Join(FrameBytes.Preface(), FrameBytes.Hello((1, 100_000), (2, 16_384), (3, 10))));

        await logger.Held;
        await connection.PushAsync("Client/Tell", 1);
        logger.Release();

        await peer.ReadGreetingAsync();
        Assert.Equal([FrameType.Route, FrameType.Call], [(await peer.ReadAsync()).Type, (await peer.ReadAsync()).Type]);
        Assert.True((await opening).IsOk);
        var closing = connection.CloseAsync(StatusCode.Ok, "the test is over");
        await peer.ReadCloseAsync();
        await closing;
    }
}
