using Hawser.Transports;

namespace Hawser.Tests.Frames.Fuzzing;

/// <summary>A link that consists of one lane.</summary>
internal sealed class ScriptConnection(Lane lane) : TransportConnection
{
    public override string RemoteAddress => "fuzz:peer";

    public override string LocalAddress => "fuzz:here";

    public override string RemoteHost => "fuzz";

    public override Lane FirstLane => lane;

    public override ValueTask DisposeAsync() => default;
}
