namespace Hawser;

/// <summary>The rest of the way of a call towards the wire.</summary>
/// <param name="method">The method.</param>
/// <param name="options">Metadata, timeout, cancellation.</param>
/// <returns>The started call.</returns>
public delegate ValueTask<ClientCall> ClientCallStarter(Method method, CallOptions options);

/// <summary>Sees every call that a channel makes before it is sent: adds metadata, sets timeouts, logs, or wraps the call.</summary>
/// <remarks>One instance sees all calls, many at once.</remarks>
public interface IClientInterceptor
{
    /// <summary>Starts the call, usually by <paramref name="next"/> with other options.</summary>
    /// <param name="method">The method.</param>
    /// <param name="options">Metadata, timeout, cancellation.</param>
    /// <param name="next">The rest of the way.</param>
    /// <returns>The started call, or one around it.</returns>
    ValueTask<ClientCall> StartAsync(Method method, CallOptions options, ClientCallStarter next);
}
