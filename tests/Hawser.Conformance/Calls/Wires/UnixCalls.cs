namespace Hawser.Conformance.Calls;

public sealed class UnixMistakes() : MistakesConformance(new UnixWire());

public sealed class UnixBodySizes() : BodySizesConformance(new UnixWire());
