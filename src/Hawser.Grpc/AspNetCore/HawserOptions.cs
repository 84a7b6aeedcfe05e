namespace Hawser.Grpc;

/// <summary>Settings of Hawser within an ASP.NET Core application; all have defaults. The clock, the log and further interceptors come from its services.</summary>
public sealed class HawserOptions
{
    /// <summary>How typed messages are encoded. JSON with web defaults unless set.</summary>
    public Codec Codec { get; set; } = JsonCodec.Default;

    /// <summary>
    /// What one call may cost: <see cref="ConnectionLimits.MaxMessageSize"/>, <see cref="ConnectionLimits.MaxMetadataSize"/> and how many handlers may run on after their calls have
    /// ended (<see cref="ConnectionLimits.MaxCallsInFlight"/>). The rest is Kestrel's here and set there.
    /// </summary>
    public ConnectionLimits Limits { get; set; } = new();

    /// <summary>Whether the text of a handler's unexpected exception goes to the caller. False by default: it may hold secrets.</summary>
    public bool ExposeExceptionDetails { get; set; }

    /// <summary>Whether callers may list and describe the endpoints, by gRPC server reflection. True by default.</summary>
    public bool Reflection { get; set; } = true;

    /// <summary>What sees every call before its endpoint, in order; behind them come those that are registered as services of type <see cref="IServerInterceptor"/>.</summary>
    public IList<IServerInterceptor> Interceptors { get; } = [];

    /// <summary>Compression, contracts and health. <see cref="GrpcServerOptions.Cors"/> does not apply: ASP.NET Core has its own.</summary>
    public GrpcServerOptions Grpc { get; set; } = new();
}
