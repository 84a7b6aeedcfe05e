using Hawser.Frames;
using Hawser.Tests.Frames.Fuzzing;
using Hawser.Transports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Tests.Frames.Parts;

/// <summary>A lane that nothing reads, for parts that need one to belong to.</summary>
internal static class LaneFixture
{
    public static FrameLane Create(Lane? lane = null)
    {
        lane ??= new ScriptLane([], [], 1, null);
        var settings = new ConnectionSettings(JsonCodec.Default, new ConnectionLimits(), new EndpointRegistry(JsonCodec.Default), [], false, NullLogger.Instance, TimeProvider.System);
        var frames = new FrameLane(new FrameConnection(new ScriptConnection(lane), isInitiator: true, settings), lane, isShared: true);
        frames.SetWindows(new ConnectionLimits(), new Hello());
        return frames;
    }
}
