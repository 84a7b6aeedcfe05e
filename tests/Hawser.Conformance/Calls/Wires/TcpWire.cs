using Hawser.Conformance.Transports;

namespace Hawser.Conformance.Calls;

public sealed class TcpWire() : WireUnderTest(new Tcp());
