namespace Hawser.Conformance.Calls;

public sealed class TcpMistakes() : MistakesConformance(new TcpWire());

public sealed class TcpBodySizes() : BodySizesConformance(new TcpWire());
