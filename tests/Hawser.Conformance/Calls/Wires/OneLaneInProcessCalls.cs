namespace Hawser.Conformance.Calls;

public sealed class OneLaneInProcessMistakes() : MistakesConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessBodySizes() : BodySizesConformance(new OneLaneInProcessWire());
