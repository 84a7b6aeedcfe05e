namespace Hawser;

/// <summary>Says how a method of an interface, or the method behind a handler, is called. Without it its own name is taken, without a trailing <c>Async</c>.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class RpcMethodAttribute : Attribute
{
    /// <summary>Keeps the method's own name.</summary>
    public RpcMethodAttribute()
    {
    }

    /// <summary>Gives the method a name.</summary>
    /// <param name="name">The name, without the service. Ignored on a handler, whose full name is told when it is mapped.</param>
    public RpcMethodAttribute(string name) => Name = name;

    /// <summary>The name, or null for the method's own.</summary>
    public string? Name { get; }

    /// <summary>Whether nothing comes back, not even a status: at most once, and the caller never learns which. False by default.</summary>
    public bool OneWay { get; set; }

    /// <summary>
    /// Whether running the method twice with the same request does no more than running it once. Typed clients then try a call again that may have run when its
    /// connection was lost; see <see cref="CallOptions.IsIdempotent"/>. Servers ignore it. False by default.
    /// </summary>
    public bool Idempotent { get; set; }
}
