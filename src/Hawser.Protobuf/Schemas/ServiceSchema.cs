using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>A service.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class ServiceSchema
{
    internal ServiceSchema(FileSchema file, ServiceDescriptorProto proto)
    {
        Identifiers.Check(proto.Name, file.Name);
        File = file;
        Proto = proto;
        FullName = Identifiers.Join(file.Package, proto.Name);
        Methods = [.. proto.Method.Select(method => new MethodSchema(this, method))];
    }

    /// <summary>The name within its package.</summary>
    public string Name => Proto.Name;

    /// <summary>The name with the package, without a leading dot.</summary>
    public string FullName { get; }

    /// <summary>The file that declares it.</summary>
    public FileSchema File { get; }

    /// <summary>The methods, in the order of their declaration.</summary>
    public ImmutableArray<MethodSchema> Methods { get; }

    internal ServiceDescriptorProto Proto { get; }

    /// <summary>Finds a method by name.</summary>
    /// <param name="name">The name within the service.</param>
    /// <returns>The method, or null.</returns>
    public MethodSchema? FindMethod(string name)
    {
        foreach (var method in Methods)
        {
            if (string.Equals(method.Name, name, StringComparison.Ordinal))
                return method;
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => FullName;

    internal void Link(SymbolTable symbols)
    {
        foreach (var method in Methods)
            method.Link(symbols);
    }
}
