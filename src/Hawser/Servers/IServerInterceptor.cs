namespace Hawser;

/// <summary>The rest of the way of a call towards its endpoint.</summary>
/// <param name="call">The call.</param>
/// <returns>A task that ends when the call has been answered.</returns>
public delegate ValueTask ServerCallHandler(ServerCall call);

/// <summary>Sees every call that a server serves, between the wire and the endpoint: authentication, logging, limits.</summary>
/// <remarks>One instance sees all calls, many at once.</remarks>
public interface IServerInterceptor
{
    /// <summary>Answers the call, or lets <paramref name="next"/> do so. Throwing an <see cref="RpcException"/> ends the call with its status.</summary>
    /// <param name="call">The call.</param>
    /// <param name="next">The rest of the way.</param>
    /// <returns>A task that ends when the call has been answered.</returns>
    ValueTask InvokeAsync(ServerCall call, ServerCallHandler next);
}
