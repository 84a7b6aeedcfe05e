using System.Reflection;

namespace Hawser;

/// <summary>What a parameter is for.</summary>
internal enum ParameterRole
{
    Message,
    Messages,
    OctetsStream,
    OctetsReader,
    ResponseWriter,
    Context,
    CancellationToken,
    Options,
}

/// <summary>How a method hands its result over.</summary>
internal enum ReturnForm
{
    Direct,
    Task,
    ValueTask,
}

/// <summary>A C# signature read as a method of a service: the same rules for handlers, served interfaces, typed clients and delegates.</summary>
internal sealed record MethodSignature
{
    /// <summary>The method that the signature stands for.</summary>
    internal required Method Method { get; init; }

    internal required IReadOnlyList<Type> ParameterTypes { get; init; }

    internal required IReadOnlyList<ParameterRole> Roles { get; init; }

    /// <summary>The request's message or, of a stream, its items; <see cref="Empty"/> when there is none.</summary>
    internal required Type RequestType { get; init; }

    /// <summary>Whether the request's type is annotated as never null, so that a peer's null is refused instead of handed to code that does not expect it.</summary>
    internal required bool RequestRefusesNull { get; init; }

    /// <summary>The response's message or, of a stream, its items; <see cref="Empty"/> when there is none.</summary>
    internal required Type ResponseType { get; init; }

    internal required ReturnForm ReturnForm { get; init; }

    /// <summary>The return type as written.</summary>
    internal required Type ReturnType { get; init; }

    /// <summary>The return type without its task; <see cref="Empty"/> for nothing.</summary>
    internal required Type ResultType { get; init; }

    internal bool Has(ParameterRole role) => Roles.Contains(role);

    /// <summary>Reads a signature.</summary>
    /// <param name="fullName">The method's full name.</param>
    /// <param name="method">Its parameters and return type.</param>
    /// <param name="described">The parameters as their author wrote them: their names and whether they may be null.</param>
    /// <param name="oneWay">Whether nothing comes back.</param>
    /// <exception cref="ArgumentException">It cannot be served; the text names method, parameter, its type and what is accepted.</exception>
    internal static MethodSignature Read(string fullName, MethodInfo method, IReadOnlyList<ParameterInfo> described, bool oneWay)
    {
        if (Method.CheckName(fullName) is { } wrong)
            throw new ArgumentException(wrong, nameof(fullName));
        var reader = new SignatureReader(fullName);
        var parameters = method.GetParameters();
        for (var i = 0; i < parameters.Length; i++)
            reader.AddParameter(described[i].Name ?? $"#{i + 1}", parameters[i].ParameterType, RefusesNull(described[i]));
        reader.SetReturn(method.ReturnType);
        return reader.Finish(oneWay);
    }

    private static bool RefusesNull(ParameterInfo parameter)
    {
        var nullability = new NullabilityInfoContext().Create(parameter);
        var message = nullability.GenericTypeArguments is [var item] && nullability.Type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>) ? item : nullability;
        return !message.Type.IsValueType && message.WriteState == NullabilityState.NotNull;
    }
}
