namespace Hawser.Conformance.Calls;

public sealed class TlsAcknowledgement() : AcknowledgementConformance(new TlsWire());

public sealed class TlsBodySizes() : BodySizesConformance(new TlsWire());

public sealed class TlsCallKinds() : CallKindsConformance(new TlsWire());

public sealed class TlsCallback() : CallbackConformance(new TlsWire());

public sealed class TlsCancellation() : CancellationConformance(new TlsWire());

public sealed class TlsConnectionLoss() : ConnectionLossConformance(new TlsWire());

public sealed class TlsCredentials() : CredentialsConformance(new TlsWire());

public sealed class TlsDeadline() : DeadlineConformance(new TlsWire());

public sealed class TlsFailure() : FailureConformance(new TlsWire());

public sealed class TlsFlowControl() : FlowControlConformance(new TlsWire());

public sealed class TlsInterceptor() : InterceptorConformance(new TlsWire());

public sealed class TlsLessons() : LessonsConformance(new TlsWire());

public sealed class TlsLimits() : LimitsConformance(new TlsWire());

public sealed class TlsLiveness() : LivenessConformance(new TlsWire());

public sealed class TlsMetadata() : MetadataConformance(new TlsWire());

public sealed class TlsMistakes() : MistakesConformance(new TlsWire());

public sealed class TlsRandomSchedule() : RandomScheduleConformance(new TlsWire());

public sealed class TlsRecord() : RecordConformance(new TlsWire());

public sealed class TlsShutdown() : ShutdownConformance(new TlsWire());

public sealed class TlsConnectionLife() : ConnectionLifeConformance(new TlsWire());

public sealed class TlsGroup() : GroupConformance(new TlsWire());

public sealed class TlsSerialContext() : SerialContextConformance(new TlsWire());

public sealed class TlsMethodTimeout() : MethodTimeoutConformance(new TlsWire());

public sealed class TlsTimestamp() : TimestampConformance(new TlsWire());
