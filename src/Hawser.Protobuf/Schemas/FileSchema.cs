using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>One <c>.proto</c> file of a schema.</summary>
/// <remarks>Immutable and safe from any thread.</remarks>
public sealed class FileSchema
{
    private readonly HashSet<FileSchema> visible = [];
    private SourceComments? comments;

    internal FileSchema(ProtoSchema schema, FileDescriptorProto proto, ReadOnlyMemory<byte> serialized, ImmutableArray<FileSchema> dependencies, ImmutableArray<FileSchema> publicDependencies)
    {
        Schema = schema;
        Proto = proto;
        Serialized = serialized;
        Dependencies = dependencies;
        PublicDependencies = publicDependencies;
        Edition = EditionOf(proto);
        Features = Features.Of(Edition).With(proto.Options?.Features);
        Identifiers.CheckPackage(proto.Package, proto.Name);
        Messages = [.. proto.MessageType.Select(message => new MessageSchema(this, null, message))];
        Enums = [.. proto.EnumType.Select(type => new EnumSchema(this, null, type))];
        Extensions = [.. proto.Extension.Select(extension => FieldSchema.Extension(this, null, extension))];
        Services = [.. proto.Service.Select(service => new ServiceSchema(this, service))];

        visible.Add(this);
        foreach (var dependency in dependencies)
            See(dependency);
    }

    /// <summary>The schema that the file is part of.</summary>
    public ProtoSchema Schema { get; }

    /// <summary>The name that imports use, for instance <c>shop/order.proto</c>.</summary>
    public string Name => Proto.Name;

    /// <summary>The package, or an empty text.</summary>
    public string Package => Proto.Package;

    /// <summary>The rules that the file is written by.</summary>
    public Edition Edition { get; }

    /// <summary>What the file imports, in its order.</summary>
    public ImmutableArray<FileSchema> Dependencies { get; }

    /// <summary>Those of <see cref="Dependencies"/> that importers of this file see as well.</summary>
    public ImmutableArray<FileSchema> PublicDependencies { get; }

    /// <summary>The top-level messages, in the file's order.</summary>
    public ImmutableArray<MessageSchema> Messages { get; }

    /// <summary>The top-level enums, in the file's order.</summary>
    public ImmutableArray<EnumSchema> Enums { get; }

    /// <summary>The services, in the file's order.</summary>
    public ImmutableArray<ServiceSchema> Services { get; }

    /// <summary>The extensions declared at the top level, in the file's order.</summary>
    public ImmutableArray<FieldSchema> Extensions { get; }

    /// <summary>The descriptor; shared, and not to be changed.</summary>
    public FileDescriptorProto Proto { get; }

    /// <summary>The descriptor's bytes as they were given, options that nobody here knows included.</summary>
    public ReadOnlyMemory<byte> Serialized { get; }

    internal Features Features { get; }

    /// <summary>Made when somebody asks; two at the same time make equal ones.</summary>
    internal SourceComments Comments => comments ??= new SourceComments(this);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether what another file declares can be used in this one.</summary>
    internal bool Sees(FileSchema other) => visible.Contains(other);

    internal void Link(SymbolTable symbols)
    {
        foreach (var message in Messages)
            message.Link(symbols);
        foreach (var extension in Extensions)
            extension.Link(symbols);
        foreach (var service in Services)
            service.Link(symbols);
    }

    private void See(FileSchema file)
    {
        if (!visible.Add(file))
            return;
        foreach (var dependency in file.PublicDependencies)
            See(dependency);
    }

    private static Edition EditionOf(FileDescriptorProto proto) => proto.Syntax switch
    {
        "" or "proto2" => Edition.Proto2,
        "proto3" => Edition.Proto3,
        "editions" when (int)proto.Edition is (int)Edition.Edition2023 or (int)Edition.Edition2024 => (Edition)(int)proto.Edition,
        "editions" => throw new SchemaException($"{proto.Name}: the edition {(int)proto.Edition} is not known; proto2, proto3 and the editions 2023 and 2024 are."),
        _ => throw new SchemaException($"{proto.Name}: the syntax '{proto.Syntax}' is not known; proto2, proto3 and editions are."),
    };
}
