using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>A oneof: at most one of its fields is set.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class OneofSchema
{
    internal OneofSchema(MessageSchema containingType, OneofDescriptorProto proto, int index)
    {
        Identifiers.Check(proto.Name, containingType.File.Name);
        ContainingType = containingType;
        Proto = proto;
        Index = index;
        FullName = Identifiers.Join(containingType.FullName, proto.Name);
        Features = containingType.Features.With(proto.Options?.Features);
    }

    /// <summary>The name.</summary>
    public string Name => Proto.Name;

    /// <summary>The name with that of the message.</summary>
    public string FullName { get; }

    /// <summary>The message.</summary>
    public MessageSchema ContainingType { get; }

    /// <summary>The place in <see cref="MessageSchema.Oneofs"/>.</summary>
    public int Index { get; }

    /// <summary>The fields, in the order of their declaration; at least one.</summary>
    public ImmutableArray<FieldSchema> Fields { get; private set; } = [];

    /// <summary>Whether nobody wrote it: proto3's <c>optional</c> stands for a oneof with a single field.</summary>
    public bool IsSynthetic { get; private set; }

    internal OneofDescriptorProto Proto { get; }

    internal Features Features { get; }

    /// <inheritdoc/>
    public override string ToString() => FullName;

    internal void Gather(ImmutableArray<FieldSchema> fields)
    {
        Fields = [.. fields.Where(field => field.Oneof == this)];
        if (Fields.IsEmpty)
            throw new SchemaException($"{ContainingType.File.Name}: the oneof '{FullName}' has no fields.");
        IsSynthetic = Fields is [{ Proto.Proto3Optional: true }];
    }
}
