namespace Hawser.Conformance.Calls;

public sealed class InProcessReconnect() : ReconnectConformance(new InProcessWire());

public sealed class TcpReconnect() : ReconnectConformance(new TcpWire());

public sealed class TlsReconnect() : ReconnectConformance(new TlsWire());

public sealed class UnixReconnect() : ReconnectConformance(new UnixWire());

public sealed class QuicReconnect() : ReconnectConformance(new QuicWire());

public sealed class GrpcReconnect() : ReconnectConformance(new GrpcWireUnderTest());
