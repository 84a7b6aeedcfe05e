namespace Hawser;

/// <summary>Runs calls with at most one message each way on the serial context of their connection, on wires that do not see to it themselves.</summary>
internal sealed class SerialInterceptor : IServerInterceptor
{
    private SerialInterceptor()
    {
    }

    /// <summary>The interceptors of a server with what its options ask for before them.</summary>
    internal static IReadOnlyList<IServerInterceptor> AddTo(HawserServerOptions options) =>
        options.SerialHandlers ? [new SerialInterceptor(), .. options.Interceptors] : options.Interceptors;

    public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next) =>
        call.Method is { Request: <= Body.Message, Response: <= Body.Message } ? new ValueTask(call.Connection.InvokeAsync(() => next(call))) : next(call);
}
