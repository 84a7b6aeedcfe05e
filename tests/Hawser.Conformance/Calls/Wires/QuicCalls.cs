namespace Hawser.Conformance.Calls;

public sealed class QuicAcknowledgement() : AcknowledgementConformance(new QuicWire());

public sealed class QuicBodySizes() : BodySizesConformance(new QuicWire());

public sealed class QuicCallKinds() : CallKindsConformance(new QuicWire());

public sealed class QuicCallback() : CallbackConformance(new QuicWire());

public sealed class QuicCancellation() : CancellationConformance(new QuicWire());

public sealed class QuicConnectionLoss() : ConnectionLossConformance(new QuicWire());

public sealed class QuicCredentials() : CredentialsConformance(new QuicWire());

public sealed class QuicDeadline() : DeadlineConformance(new QuicWire());

public sealed class QuicFailure() : FailureConformance(new QuicWire());

public sealed class QuicFlowControl() : FlowControlConformance(new QuicWire());

public sealed class QuicInterceptor() : InterceptorConformance(new QuicWire());

public sealed class QuicLessons() : LessonsConformance(new QuicWire());

public sealed class QuicLimits() : LimitsConformance(new QuicWire());

public sealed class QuicLiveness() : LivenessConformance(new QuicWire());

public sealed class QuicMetadata() : MetadataConformance(new QuicWire());

public sealed class QuicMistakes() : MistakesConformance(new QuicWire());

public sealed class QuicRandomSchedule() : RandomScheduleConformance(new QuicWire());

public sealed class QuicRecord() : RecordConformance(new QuicWire());

public sealed class QuicShutdown() : ShutdownConformance(new QuicWire());

public sealed class QuicLoad() : LoadConformance(new QuicWire());

public sealed class QuicConnectionLife() : ConnectionLifeConformance(new QuicWire());

public sealed class QuicGroup() : GroupConformance(new QuicWire());

public sealed class QuicSerialContext() : SerialContextConformance(new QuicWire());

public sealed class QuicMethodTimeout() : MethodTimeoutConformance(new QuicWire());

public sealed class QuicTimestamp() : TimestampConformance(new QuicWire());
