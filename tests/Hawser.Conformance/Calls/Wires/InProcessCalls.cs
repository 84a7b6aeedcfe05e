namespace Hawser.Conformance.Calls;

public sealed class InProcessAcknowledgement() : AcknowledgementConformance(new InProcessWire());

public sealed class InProcessBodySizes() : BodySizesConformance(new InProcessWire());

public sealed class InProcessCallKinds() : CallKindsConformance(new InProcessWire());

public sealed class InProcessCallback() : CallbackConformance(new InProcessWire());

public sealed class InProcessCancellation() : CancellationConformance(new InProcessWire());

public sealed class InProcessConnectionLoss() : ConnectionLossConformance(new InProcessWire());

public sealed class InProcessCredentials() : CredentialsConformance(new InProcessWire());

public sealed class InProcessDeadline() : DeadlineConformance(new InProcessWire());

public sealed class InProcessFailure() : FailureConformance(new InProcessWire());

public sealed class InProcessFlowControl() : FlowControlConformance(new InProcessWire());

public sealed class InProcessInterceptor() : InterceptorConformance(new InProcessWire());

public sealed class InProcessLessons() : LessonsConformance(new InProcessWire());

public sealed class InProcessLimits() : LimitsConformance(new InProcessWire());

public sealed class InProcessLiveness() : LivenessConformance(new InProcessWire());

public sealed class InProcessMetadata() : MetadataConformance(new InProcessWire());

public sealed class InProcessMistakes() : MistakesConformance(new InProcessWire());

public sealed class InProcessRandomSchedule() : RandomScheduleConformance(new InProcessWire());

public sealed class InProcessRecord() : RecordConformance(new InProcessWire());

public sealed class InProcessShutdown() : ShutdownConformance(new InProcessWire());

public sealed class InProcessLoad() : LoadConformance(new InProcessWire());

public sealed class InProcessConnectionLife() : ConnectionLifeConformance(new InProcessWire());

public sealed class InProcessGroup() : GroupConformance(new InProcessWire());

public sealed class InProcessSerialContext() : SerialContextConformance(new InProcessWire());

public sealed class InProcessMethodTimeout() : MethodTimeoutConformance(new InProcessWire());

public sealed class InProcessTimestamp() : TimestampConformance(new InProcessWire());
