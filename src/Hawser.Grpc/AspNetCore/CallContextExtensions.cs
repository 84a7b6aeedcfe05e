using Microsoft.AspNetCore.Http;

namespace Hawser;

/// <summary>What a handler may know of its call within ASP.NET Core.</summary>
public static class CallContextExtensions
{
    /// <summary>The HTTP request behind a call: its user, its services, its connection. The request's and the response's bodies belong to the call.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The request's context; valid until the handler has ended.</returns>
    /// <exception cref="InvalidOperationException">The call did not come through ASP.NET Core.</exception>
    public static HttpContext GetHttpContext(this CallContext call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return call.HostContext as HttpContext
            ?? throw new InvalidOperationException($"The call of '{call.Method}' did not come through ASP.NET Core, so there is no HttpContext.");
    }
}
