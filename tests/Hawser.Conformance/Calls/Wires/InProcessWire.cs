using Hawser.Conformance.Transports;

namespace Hawser.Conformance.Calls;

public sealed class InProcessWire() : WireUnderTest(new InProcess())
{
    public override bool HasManyLanes => true;
}

/// <summary>The same transport with one lane only, which shows whether a failure is the lanes' or the transport's.</summary>
public sealed class OneLaneInProcessWire() : WireUnderTest(new InProcess())
{
    public override bool HidesLanes => true;
}
