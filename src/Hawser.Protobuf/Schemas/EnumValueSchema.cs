using System.Text;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>A value of an enum.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class EnumValueSchema
{
    private readonly byte[] nameUtf8;

    internal EnumValueSchema(EnumSchema type, EnumValueDescriptorProto proto)
    {
        Identifiers.Check(proto.Name, type.File.Name);
        Enum = type;
        Proto = proto;
        nameUtf8 = Encoding.UTF8.GetBytes(proto.Name);
    }

    /// <summary>The enum.</summary>
    public EnumSchema Enum { get; }

    /// <summary>The name.</summary>
    public string Name => Proto.Name;

    /// <summary>The name, UTF-8.</summary>
    public ReadOnlySpan<byte> NameUtf8 => nameUtf8;

    /// <summary>The number.</summary>
    public int Number => Proto.Number;

    /// <summary>The name as a symbol: a value's scope is that of its enum, not the enum.</summary>
    public string FullName => Identifiers.Join(Enum.ContainingType?.FullName ?? Enum.File.Package, Name);

    internal EnumValueDescriptorProto Proto { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
