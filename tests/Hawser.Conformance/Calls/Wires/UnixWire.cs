using Hawser.Conformance.Transports;

namespace Hawser.Conformance.Calls;

public sealed class UnixWire() : WireUnderTest(new Unix());
