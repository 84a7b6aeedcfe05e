namespace Hawser.Conformance.Calls;

public sealed class InProcessMistakes() : MistakesConformance(new InProcessWire());

public sealed class InProcessBodySizes() : BodySizesConformance(new InProcessWire());
