using Hawser.Conformance.Transports;

namespace Hawser.Conformance.Calls;

public sealed class QuicWire() : WireUnderTest(new Quic())
{
    public override bool HasManyLanes => true;

    // A stream that is reset gives nothing more, not even what has arrived.
    public override bool DeliversWhatAResetFollows => false;
}
