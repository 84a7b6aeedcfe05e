namespace Hawser;

/// <summary>Trailers that a handler added to its context travel with a failure too, unless the failure brings its own.</summary>
internal static class HandlerTrailers
{
    internal static bool Belong(CallContext? context, RpcException failure) => context is { Trailers.Count: > 0 } && failure.Trailers.Count == 0;

    internal static RpcException Attach(CallContext? context, RpcException failure) =>
        new(failure.Status, context!.Trailers, failure) { NotRun = failure.NotRun };
}
