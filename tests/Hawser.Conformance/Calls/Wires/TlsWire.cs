using Hawser.Conformance.Transports;

namespace Hawser.Conformance.Calls;

public sealed class TlsWire() : WireUnderTest(new Tls());
