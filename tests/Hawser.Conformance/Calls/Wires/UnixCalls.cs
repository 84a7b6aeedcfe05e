namespace Hawser.Conformance.Calls;

public sealed class UnixAcknowledgement() : AcknowledgementConformance(new UnixWire());

public sealed class UnixBodySizes() : BodySizesConformance(new UnixWire());

public sealed class UnixCallKinds() : CallKindsConformance(new UnixWire());

public sealed class UnixCallback() : CallbackConformance(new UnixWire());

public sealed class UnixCancellation() : CancellationConformance(new UnixWire());

public sealed class UnixConnectionLoss() : ConnectionLossConformance(new UnixWire());

public sealed class UnixCredentials() : CredentialsConformance(new UnixWire());

public sealed class UnixDeadline() : DeadlineConformance(new UnixWire());

public sealed class UnixFailure() : FailureConformance(new UnixWire());

public sealed class UnixFlowControl() : FlowControlConformance(new UnixWire());

public sealed class UnixInterceptor() : InterceptorConformance(new UnixWire());

public sealed class UnixLessons() : LessonsConformance(new UnixWire());

public sealed class UnixLimits() : LimitsConformance(new UnixWire());

public sealed class UnixLiveness() : LivenessConformance(new UnixWire());

public sealed class UnixMetadata() : MetadataConformance(new UnixWire());

public sealed class UnixMistakes() : MistakesConformance(new UnixWire());

public sealed class UnixRandomSchedule() : RandomScheduleConformance(new UnixWire());

public sealed class UnixRecord() : RecordConformance(new UnixWire());

public sealed class UnixShutdown() : ShutdownConformance(new UnixWire());

public sealed class UnixConnectionLife() : ConnectionLifeConformance(new UnixWire());

public sealed class UnixGroup() : GroupConformance(new UnixWire());

public sealed class UnixSerialContext() : SerialContextConformance(new UnixWire());

public sealed class UnixMethodTimeout() : MethodTimeoutConformance(new UnixWire());

public sealed class UnixTimestamp() : TimestampConformance(new UnixWire());
