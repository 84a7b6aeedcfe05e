using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>A set of <c>.proto</c> files with everything that they import, linked: every type name is resolved to its type.</summary>
/// <remarks>
/// Immutable and safe from any thread. Two schemas never share elements, so that a message of one is not the same object as that of another.
/// Every way to make one throws <see cref="SchemaException"/> when the descriptors do not fit together.
/// </remarks>
public sealed class ProtoSchema
{
    /// <summary>A schema without files.</summary>
    public static readonly ProtoSchema Empty = new([]);

    private static readonly Lazy<ProtoSchema> LazyWellKnownTypes = new(() => new ProtoSchema(ByName(WellKnownFiles.All)));

    private readonly SymbolTable symbols = new();
    private readonly HashSet<string> packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileSchema> files = new(StringComparer.Ordinal);

    private ProtoSchema(Dictionary<string, SchemaSource> sources)
    {
        foreach (var source in ImportOrder.Of(sources, WellKnownFiles.Find))
            Declare(source);
        Files = [.. files.Values];
        foreach (var file in Files)
            file.Link(symbols);
        foreach (var file in Files)
        {
            foreach (var message in file.Messages)
                message.Complete();
        }
    }

    /// <summary>The types of <c>google/protobuf/*.proto</c>, <c>descriptor.proto</c> included.</summary>
    public static ProtoSchema WellKnownTypes => LazyWellKnownTypes.Value;

    /// <summary>The files; what a file imports stands before it.</summary>
    public ImmutableArray<FileSchema> Files { get; }

    /// <summary>The services of all files, in their order.</summary>
    public IEnumerable<ServiceSchema> Services => Files.SelectMany(file => file.Services);

    /// <summary>Links the files of a descriptor set, for instance what <c>protoc --descriptor_set_out</c> writes.</summary>
    /// <param name="descriptorSet">A serialized <c>google.protobuf.FileDescriptorSet</c>; the files may stand in any order, and imports of <c>google/protobuf/*.proto</c> may be absent.</param>
    /// <returns>The schema.</returns>
    /// <exception cref="SchemaException">The bytes are no descriptor set, or the files do not fit together.</exception>
    public static ProtoSchema FromDescriptorSet(ReadOnlySpan<byte> descriptorSet) => new(ByName(SchemaSource.ParseSet(descriptorSet)));

    /// <summary>Links serialized file descriptors, for instance those that server reflection gives.</summary>
    /// <param name="serializedFiles">Each a <c>google.protobuf.FileDescriptorProto</c>, in any order; the bytes must not change afterwards. Imports of <c>google/protobuf/*.proto</c> may be absent.</param>
    /// <returns>The schema.</returns>
    /// <exception cref="SchemaException">Bytes are no file descriptor, or the files do not fit together.</exception>
    public static ProtoSchema FromSerializedFiles(IEnumerable<ReadOnlyMemory<byte>> serializedFiles)
    {
        ArgumentNullException.ThrowIfNull(serializedFiles);
        return new ProtoSchema(ByName(serializedFiles.Select(SchemaSource.Parse)));
    }

    /// <summary>Links file descriptors.</summary>
    /// <param name="files">The descriptors, copied, in any order; imports of <c>google/protobuf/*.proto</c> may be absent.</param>
    /// <returns>The schema.</returns>
    /// <exception cref="SchemaException">The files do not fit together.</exception>
    public static ProtoSchema FromFiles(IEnumerable<FileDescriptorProto> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return FromSerializedFiles(files.Select(file => (ReadOnlyMemory<byte>)file.ToByteArray()));
    }

    /// <summary>Links the descriptors of generated code with everything that they import.</summary>
    /// <param name="files">Descriptors of generated files, for instance <c>Message.Descriptor.File</c>.</param>
    /// <returns>The schema.</returns>
    public static ProtoSchema FromGenerated(params IEnumerable<FileDescriptor> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var found = new Dictionary<string, FileDescriptor>(StringComparer.Ordinal);
        var waiting = new Stack<FileDescriptor>(files);
        while (waiting.TryPop(out var file))
        {
            if (!found.TryAdd(file.Name, file))
                continue;
            foreach (var dependency in file.Dependencies)
                waiting.Push(dependency);
        }

        return FromSerializedFiles(found.Values.Select(file => file.SerializedData.Memory));
    }

    /// <summary>Finds a file.</summary>
    /// <param name="name">The name that imports use.</param>
    /// <returns>The file, or null.</returns>
    public FileSchema? FindFile(string name) => files.GetValueOrDefault(name);

    /// <summary>Finds a message type.</summary>
    /// <param name="fullName">Package, containing types and name, without a leading dot.</param>
    /// <returns>The message type, or null.</returns>
    public MessageSchema? FindMessage(string fullName) => symbols.Find(fullName) as MessageSchema;

    /// <summary>Finds an enum.</summary>
    /// <param name="fullName">Package, containing types and name, without a leading dot.</param>
    /// <returns>The enum, or null.</returns>
    public EnumSchema? FindEnum(string fullName) => symbols.Find(fullName) as EnumSchema;

    /// <summary>Finds a service.</summary>
    /// <param name="fullName">Package and name, without a leading dot.</param>
    /// <returns>The service, or null.</returns>
    public ServiceSchema? FindService(string fullName) => symbols.Find(fullName) as ServiceSchema;

    /// <summary>Finds a method.</summary>
    /// <param name="fullName"><c>package.Service/Method</c>, or with a dot in place of the slash.</param>
    /// <returns>The method, or null.</returns>
    public MethodSchema? FindMethod(string fullName)
    {
        ArgumentNullException.ThrowIfNull(fullName);
        return symbols.Find(fullName.Replace('/', '.')) as MethodSchema;
    }

    /// <summary>Finds an extension by its own name.</summary>
    /// <param name="fullName">The scope that it is declared in, and its name, without brackets.</param>
    /// <returns>The extension, or null.</returns>
    public FieldSchema? FindExtension(string fullName) => symbols.Find(fullName) is FieldSchema { IsExtension: true } extension ? extension : null;

    /// <summary>Finds an extension by what it extends.</summary>
    /// <param name="extended">A message of this schema or of another one; its name decides.</param>
    /// <param name="number">The extension's number.</param>
    /// <returns>The extension, or null.</returns>
    public FieldSchema? FindExtension(MessageSchema extended, int number) => Own(extended)?.FindExtension(number);

    /// <summary>All extensions of a message.</summary>
    /// <param name="extended">A message of this schema or of another one; its name decides.</param>
    /// <returns>The extensions, in order of their numbers.</returns>
    public ImmutableArray<FieldSchema> FindExtensions(MessageSchema extended) => Own(extended)?.Extensions ?? [];

    /// <summary>Finds the file that declares a symbol, as server reflection asks.</summary>
    /// <param name="symbol">The full name of a message, enum, service, method, extension, field, oneof or enum value.</param>
    /// <returns>The file, or null.</returns>
    public FileSchema? FindFileOf(string symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        return symbols.FindFile(symbol.Replace('/', '.'));
    }

    /// <summary>Finds any element by its full name.</summary>
    /// <param name="symbol">The full name of a message, enum, service, method, extension, field or oneof.</param>
    /// <returns>The element's schema, or null.</returns>
    public object? FindSymbol(string symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        return symbols.Find(symbol.Replace('/', '.'));
    }

    /// <summary>Links the files of both schemas into a new one.</summary>
    /// <param name="other">The other schema; of files that both have, this schema's are taken.</param>
    /// <returns>The new schema, or this one when the other has no file that is new.</returns>
    /// <exception cref="SchemaException">The files do not fit together.</exception>
    public ProtoSchema Merge(ProtoSchema other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var added = other.Files.Where(file => !files.ContainsKey(file.Name)).ToList();
        return added.Count == 0
            ? this
            : new ProtoSchema(ByName(Files.Concat(added).Select(file => new SchemaSource(file.Proto, file.Serialized))));
    }

    /// <summary>Writes the files as a <c>google.protobuf.FileDescriptorSet</c>, imports before importers.</summary>
    /// <returns>The bytes; <see cref="FromDescriptorSet"/> reads them.</returns>
    public byte[] ToDescriptorSet() => SchemaSource.WriteSet(Files.Select(file => file.Serialized));

    /// <summary>Whether a file has the package, or one within it.</summary>
    internal bool IsPackage(string name) => packages.Contains(name);

    private MessageSchema? Own(MessageSchema message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.File.Schema == this ? message : FindMessage(message.FullName);
    }

    private void Declare(SchemaSource source)
    {
        var proto = source.Proto;
        // A weak import may be absent, so that positions among the imports are not positions among the files.
        var imports = proto.Dependency.Select(name => files.GetValueOrDefault(name)).ToList();
        if (proto.PublicDependency.Any(position => (uint)position >= (uint)imports.Count))
            throw new SchemaException($"{source.Name}: a public import refers to an import that is not there.");
        var file = new FileSchema(
            this,
            proto,
            source.Serialized,
            [.. imports.OfType<FileSchema>()],
            [.. proto.PublicDependency.Select(position => imports[position]).OfType<FileSchema>()]);
        symbols.Declare(file);
        files.Add(file.Name, file);
        for (var package = file.Package; package.Length > 0; package = package[..Math.Max(package.LastIndexOf('.'), 0)])
            packages.Add(package);
    }

    private static Dictionary<string, SchemaSource> ByName(IEnumerable<SchemaSource> sources)
    {
        var named = new Dictionary<string, SchemaSource>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            if (!named.TryAdd(source.Name, source) && !named[source.Name].Serialized.Span.SequenceEqual(source.Serialized.Span))
                throw new SchemaException($"The file {source.Name} is there twice, with different contents.");
        }

        return named;
    }
}
