namespace Hawser.Conformance.Calls;

public sealed class GrpcAcknowledgement() : AcknowledgementConformance(new GrpcWireUnderTest());

public sealed class GrpcBodySizes() : BodySizesConformance(new GrpcWireUnderTest());

public sealed class GrpcCallKinds() : CallKindsConformance(new GrpcWireUnderTest());

public sealed class GrpcCancellation() : CancellationConformance(new GrpcWireUnderTest());

public sealed class GrpcConnectionLoss() : ConnectionLossConformance(new GrpcWireUnderTest());

public sealed class GrpcCredentials() : CredentialsConformance(new GrpcWireUnderTest());

public sealed class GrpcDeadline() : DeadlineConformance(new GrpcWireUnderTest());

public sealed class GrpcFailure() : FailureConformance(new GrpcWireUnderTest());

public sealed class GrpcFlowControl() : FlowControlConformance(new GrpcWireUnderTest());

public sealed class GrpcInterceptor() : InterceptorConformance(new GrpcWireUnderTest());

public sealed class GrpcLessons() : LessonsConformance(new GrpcWireUnderTest());

public sealed class GrpcLimits() : LimitsConformance(new GrpcWireUnderTest());

public sealed class GrpcMetadata() : MetadataConformance(new GrpcWireUnderTest());

public sealed class GrpcMistakes() : MistakesConformance(new GrpcWireUnderTest());

public sealed class GrpcRandomSchedule() : RandomScheduleConformance(new GrpcWireUnderTest());

public sealed class GrpcRecord() : RecordConformance(new GrpcWireUnderTest());

public sealed class GrpcShutdown() : ShutdownConformance(new GrpcWireUnderTest());

public sealed class GrpcLoad() : LoadConformance(new GrpcWireUnderTest());

public sealed class GrpcConnectionLife() : ConnectionLifeConformance(new GrpcWireUnderTest());

public sealed class GrpcSerialContext() : SerialContextConformance(new GrpcWireUnderTest());

public sealed class GrpcMethodTimeout() : MethodTimeoutConformance(new GrpcWireUnderTest());

public sealed class GrpcTimestamp() : TimestampConformance(new GrpcWireUnderTest());
