namespace Hawser.Conformance.Calls;

// All but the sizes of bodies and flow control: they send tens of MiB, and with the smallest windows each 64 KiB of them would wait for a round trip.
public sealed class MildWeatherCallKinds() : CallKindsConformance(new MildWeatherWire());

public sealed class MildWeatherCallback() : CallbackConformance(new MildWeatherWire());

public sealed class MildWeatherCancellation() : CancellationConformance(new MildWeatherWire());

public sealed class MildWeatherConnectionLoss() : ConnectionLossConformance(new MildWeatherWire());

public sealed class MildWeatherDeadline() : DeadlineConformance(new MildWeatherWire());

public sealed class MildWeatherFailure() : FailureConformance(new MildWeatherWire());

public sealed class MildWeatherInterceptor() : InterceptorConformance(new MildWeatherWire());

public sealed class MildWeatherLessons() : LessonsConformance(new MildWeatherWire());

public sealed class MildWeatherLimits() : LimitsConformance(new MildWeatherWire());

public sealed class MildWeatherLiveness() : LivenessConformance(new MildWeatherWire());

public sealed class MildWeatherMetadata() : MetadataConformance(new MildWeatherWire());

public sealed class MildWeatherMistakes() : MistakesConformance(new MildWeatherWire());

public sealed class MildWeatherRandomSchedule() : RandomScheduleConformance(new MildWeatherWire());

public sealed class MildWeatherShutdown() : ShutdownConformance(new MildWeatherWire());

public sealed class MildWeatherConnectionLife() : ConnectionLifeConformance(new MildWeatherWire());

public sealed class MildWeatherGroup() : GroupConformance(new MildWeatherWire());

public sealed class MildWeatherSerialContext() : SerialContextConformance(new MildWeatherWire());

public sealed class MildWeatherMethodTimeout() : MethodTimeoutConformance(new MildWeatherWire());

public sealed class MildWeatherTimestamp() : TimestampConformance(new MildWeatherWire());
