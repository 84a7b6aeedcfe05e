using System.Reflection;
using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>The attributes of a handler, the most specific last.</summary>
internal static class HandlerMetadata
{
    /// <summary>Those of the method behind a delegate and, unless the compiler made it, of its class.</summary>
    internal static IReadOnlyList<object> Of(MethodInfo handler) =>
        handler.DeclaringType is { } type && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && !handler.Name.StartsWith('<')
            ? [.. AttributesOf(type), .. AttributesOf(handler)]
            : AttributesOf(handler);

    /// <summary>Those of an interface's method: of the interface, the class, then the method in either.</summary>
    internal static IReadOnlyList<object> Of(MethodInfo method, Type implementation)
    {
        var service = method.DeclaringType!;
        var map = implementation.IsInterface ? default : implementation.GetInterfaceMap(service);
        var index = map.InterfaceMethods is null ? -1 : Array.IndexOf(map.InterfaceMethods, method);
        return [.. AttributesOf(service), .. AttributesOf(implementation), .. AttributesOf(method), .. index < 0 ? [] : AttributesOf(map.TargetMethods[index])];
    }

    // What the compiler notes for itself is nobody's metadata.
    private static object[] AttributesOf(MemberInfo member) =>
        [.. member.GetCustomAttributes(inherit: true).Where(static attribute => !string.Equals(attribute.GetType().Namespace, "System.Runtime.CompilerServices", StringComparison.Ordinal))];
}
