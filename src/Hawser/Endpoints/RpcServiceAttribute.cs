namespace Hawser;

/// <summary>Names the service that an interface stands for. Without it the interface's own name is taken, without its leading <c>I</c>.</summary>
/// <param name="name">The name, with its package if it has one: <c>package.Service</c>.</param>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class RpcServiceAttribute(string name) : Attribute
{
    /// <summary>The name, with its package if it has one.</summary>
    public string Name { get; } = name;
}
