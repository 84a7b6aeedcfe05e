namespace Hawser.Conformance.Calls;

public sealed class InProcessBodySizes() : BodySizesConformance(new InProcessWire());

public sealed class InProcessCallKinds() : CallKindsConformance(new InProcessWire());

public sealed class InProcessCallback() : CallbackConformance(new InProcessWire());

public sealed class InProcessCancellation() : CancellationConformance(new InProcessWire());

public sealed class InProcessDeadline() : DeadlineConformance(new InProcessWire());

public sealed class InProcessInterceptor() : InterceptorConformance(new InProcessWire());

public sealed class InProcessLessons() : LessonsConformance(new InProcessWire());

public sealed class InProcessMetadata() : MetadataConformance(new InProcessWire());

public sealed class InProcessMistakes() : MistakesConformance(new InProcessWire());
