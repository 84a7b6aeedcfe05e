namespace Hawser.Conformance.Calls;

public sealed class TcpAcknowledgement() : AcknowledgementConformance(new TcpWire());

public sealed class TcpBodySizes() : BodySizesConformance(new TcpWire());

public sealed class TcpCallKinds() : CallKindsConformance(new TcpWire());

public sealed class TcpCallback() : CallbackConformance(new TcpWire());

public sealed class TcpCancellation() : CancellationConformance(new TcpWire());

public sealed class TcpConnectionLoss() : ConnectionLossConformance(new TcpWire());

public sealed class TcpCredentials() : CredentialsConformance(new TcpWire());

public sealed class TcpDeadline() : DeadlineConformance(new TcpWire());

public sealed class TcpFailure() : FailureConformance(new TcpWire());

public sealed class TcpFlowControl() : FlowControlConformance(new TcpWire());

public sealed class TcpInterceptor() : InterceptorConformance(new TcpWire());

public sealed class TcpLessons() : LessonsConformance(new TcpWire());

public sealed class TcpLimits() : LimitsConformance(new TcpWire());

public sealed class TcpLiveness() : LivenessConformance(new TcpWire());

public sealed class TcpMetadata() : MetadataConformance(new TcpWire());

public sealed class TcpMistakes() : MistakesConformance(new TcpWire());

public sealed class TcpRandomSchedule() : RandomScheduleConformance(new TcpWire());

public sealed class TcpRecord() : RecordConformance(new TcpWire());

public sealed class TcpShutdown() : ShutdownConformance(new TcpWire());

public sealed class TcpLoad() : LoadConformance(new TcpWire());

public sealed class TcpConnectionLife() : ConnectionLifeConformance(new TcpWire());

public sealed class TcpGroup() : GroupConformance(new TcpWire());

public sealed class TcpSerialContext() : SerialContextConformance(new TcpWire());

public sealed class TcpMethodTimeout() : MethodTimeoutConformance(new TcpWire());

public sealed class TcpTimestamp() : TimestampConformance(new TcpWire());
