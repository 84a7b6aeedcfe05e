namespace Hawser.Conformance.Calls;

public sealed class OneLaneInProcessAcknowledgement() : AcknowledgementConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessBodySizes() : BodySizesConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessCallKinds() : CallKindsConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessCallback() : CallbackConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessCancellation() : CancellationConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessConnectionLoss() : ConnectionLossConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessCredentials() : CredentialsConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessDeadline() : DeadlineConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessFailure() : FailureConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessFlowControl() : FlowControlConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessInterceptor() : InterceptorConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessLessons() : LessonsConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessLimits() : LimitsConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessLiveness() : LivenessConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessMetadata() : MetadataConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessMistakes() : MistakesConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessRandomSchedule() : RandomScheduleConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessRecord() : RecordConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessShutdown() : ShutdownConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessConnectionLife() : ConnectionLifeConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessGroup() : GroupConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessSerialContext() : SerialContextConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessMethodTimeout() : MethodTimeoutConformance(new OneLaneInProcessWire());

public sealed class OneLaneInProcessTimestamp() : TimestampConformance(new OneLaneInProcessWire());
