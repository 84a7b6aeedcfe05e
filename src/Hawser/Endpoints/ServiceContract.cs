using System.Reflection;

namespace Hawser;

/// <summary>An interface read as a service: one entry per method, inherited ones included. The server and the typed client read it alike.</summary>
/// <remarks><see cref="IDisposable"/> and <see cref="IAsyncDisposable"/> are about the object in this process and are left out.</remarks>
internal static class ServiceContract
{
    internal readonly record struct Entry(MethodInfo Method, MethodSignature Signature, bool IsIdempotent);

    /// <exception cref="ArgumentException">The type or one of its members cannot be served; the text says which and why.</exception>
    internal static IReadOnlyList<Entry> Read(Type service)
    {
        if (!service.IsInterface)
            throw new ArgumentException($"'{TypeNames.Of(service)}' is not an interface: a service is described by one.");
        if (service.ContainsGenericParameters)
            throw new ArgumentException($"'{TypeNames.Of(service)}' has open type parameters: give them types.");
        var serviceName = NameOf(service);
        var entries = new List<Entry>();
        var names = new Dictionary<string, MethodInfo>(StringComparer.Ordinal);
        foreach (var method in MethodsOf(service))
        {
            var attribute = method.GetCustomAttribute<RpcMethodAttribute>();
            var fullName = $"{serviceName}/{attribute?.Name ?? WithoutAsync(method.Name)}";
            if (method.IsSpecialName)
                throw new ArgumentException($"'{TypeNames.Of(service)}' has the property or event accessor '{method.Name}': only methods can be called from afar.");
            if (method.IsGenericMethodDefinition)
                throw new ArgumentException($"'{TypeNames.Of(service)}.{method.Name}' has type parameters of its own; only methods with fixed types can be served.");
            if (!names.TryAdd(fullName, method))
            {
                throw new ArgumentException(
                    $"'{TypeNames.Of(service)}' has two methods for '{fullName}': {Describe(names[fullName])} and {Describe(method)}; "
                    + "give one another name by [RpcMethod(\"…\")].");
            }

            entries.Add(new Entry(method, MethodSignature.Read(fullName, method, method.GetParameters(), attribute?.OneWay ?? false), attribute?.Idempotent ?? false));
        }

        return entries.Count > 0 ? entries : throw new ArgumentException($"'{TypeNames.Of(service)}' has no methods: there is nothing to call.");
    }

    private static string NameOf(Type service)
    {
        if (service.GetCustomAttribute<RpcServiceAttribute>() is { } attribute)
            return attribute.Name;
        var name = TypeNames.WithoutArity(service.Name);
        return name is ['I', var second, ..] && char.IsAsciiLetterUpper(second) ? name[1..] : name;
    }

    private static IEnumerable<MethodInfo> MethodsOf(Type service) =>
        service.GetInterfaces()
            .Where(inherited => inherited != typeof(IDisposable) && inherited != typeof(IAsyncDisposable))
            .Append(service)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance));

    private static string WithoutAsync(string name) =>
        name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name[..^5] : name;

    private static string Describe(MethodInfo method) =>
        $"{TypeNames.Of(method.DeclaringType!)}.{method.Name}({string.Join(", ", method.GetParameters().Select(p => TypeNames.Of(p.ParameterType)))})";
}
