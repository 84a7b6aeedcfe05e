namespace Hawser.Conformance.Calls;

public sealed class GrpcBodySizes() : BodySizesConformance(new GrpcWireUnderTest());

public sealed class GrpcCallKinds() : CallKindsConformance(new GrpcWireUnderTest());

public sealed class GrpcCancellation() : CancellationConformance(new GrpcWireUnderTest());

public sealed class GrpcConnectionLoss() : ConnectionLossConformance(new GrpcWireUnderTest());

public sealed class GrpcDeadline() : DeadlineConformance(new GrpcWireUnderTest());

public sealed class GrpcFailure() : FailureConformance(new GrpcWireUnderTest());

public sealed class GrpcFlowControl() : FlowControlConformance(new GrpcWireUnderTest());

public sealed class GrpcInterceptor() : InterceptorConformance(new GrpcWireUnderTest());

public sealed class GrpcLessons() : LessonsConformance(new GrpcWireUnderTest());

public sealed class GrpcLimits() : LimitsConformance(new GrpcWireUnderTest());

public sealed class GrpcMetadata() : MetadataConformance(new GrpcWireUnderTest());

public sealed class GrpcMistakes() : MistakesConformance(new GrpcWireUnderTest());

public sealed class GrpcRandomSchedule() : RandomScheduleConformance(new GrpcWireUnderTest());

public sealed class GrpcShutdown() : ShutdownConformance(new GrpcWireUnderTest());

public sealed class GrpcLoad() : LoadConformance(new GrpcWireUnderTest());
