namespace Hawser.Conformance.Calls;

public sealed class TlsMistakes() : MistakesConformance(new TlsWire());

public sealed class TlsBodySizes() : BodySizesConformance(new TlsWire());
