namespace Hawser;

/// <summary>A method that can be invoked here: the method, plus what answers it. A handler is one, and so is a stub or a resumable stream.</summary>
/// <remarks>One instance serves all calls of its method, many at once.</remarks>
public abstract class Endpoint
{
    /// <summary>Creates the endpoint of a method.</summary>
    /// <param name="method">The method.</param>
    protected Endpoint(Method method)
    {
        ArgumentNullException.ThrowIfNull(method);
        Method = method;
    }

    /// <summary>The method that this answers.</summary>
    public Method Method { get; }

    /// <summary>The type of the request's messages, or null when it has none or they are opaque.</summary>
    public virtual Type? RequestType => null;

    /// <summary>The type of the response's messages, or null when it has none or they are opaque.</summary>
    public virtual Type? ResponseType => null;

    /// <summary>What the endpoint's author said of it besides: of a handler, the attributes of its class and its method, the most specific last. Empty where there is nothing.</summary>
    /// <remarks>Hosts read it: ASP.NET Core its <c>[Authorize]</c>, for instance.</remarks>
    public virtual IReadOnlyList<object> Metadata => [];

    /// <summary>The JSON Schema of the request's and the response's messages, as JSON text, for <c>hawser describe</c>; null where there is none.</summary>
    /// <returns>The two schemas.</returns>
    public virtual (string? Request, string? Response) GetSchemas() => (null, null);

    /// <summary>
    /// Answers one call: reads what it needs, writes, and calls one of the call's <c>FinishAsync</c>. Whatever it throws, at once or by its task, ends the
    /// call with the status of an <see cref="RpcException"/>, else with <see cref="StatusCode.Unknown"/>; returning without finishing ends it with <see cref="StatusCode.Internal"/>.
    /// </summary>
    /// <param name="call">The call; not to be kept once the returned task has ended.</param>
    /// <returns>A task that ends when the call has been answered.</returns>
    public abstract ValueTask InvokeAsync(ServerCall call);
}
