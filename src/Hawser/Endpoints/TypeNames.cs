namespace Hawser;

/// <summary>Types as a C# reader writes them, for messages to people.</summary>
internal static class TypeNames
{
    internal static string Of(Type type)
    {
        if (type == typeof(void))
            return "void";
        if (type.IsArray)
            return Of(type.GetElementType()!) + "[]";
        if (type.IsByRef)
            return "ref " + Of(type.GetElementType()!);
        if (!type.IsGenericType)
            return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value) + "?";
        var arguments = string.Join(", ", type.GetGenericArguments().Select(Of));
        if (type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
            return $"({arguments})";
        return $"{WithoutArity(type.Name)}<{arguments}>";
    }

    internal static string WithoutArity(string name)
    {
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : name[..tick];
    }
}
