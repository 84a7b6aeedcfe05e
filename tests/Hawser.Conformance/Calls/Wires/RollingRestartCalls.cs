namespace Hawser.Conformance.Calls;

// Over gRPC a request may be on its way when the server lets go of the connection: then nobody can say whether it ran, and it is not made again.
public sealed class InProcessRollingRestart() : RollingRestartConformance(new InProcessWire(), $"inproc:{Guid.NewGuid():N}", $"inproc:{Guid.NewGuid():N}");

public sealed class TcpRollingRestart() : RollingRestartConformance(new TcpWire());

public sealed class TlsRollingRestart() : RollingRestartConformance(new TlsWire());

public sealed class UnixRollingRestart() : RollingRestartConformance(new UnixWire());

public sealed class QuicRollingRestart() : RollingRestartConformance(new QuicWire());
