using Google.Protobuf.Compiler;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Hawser.Protobuf;

/// <summary>The descriptors of <c>google/protobuf/*.proto</c>, which everybody imports and few descriptor sets carry.</summary>
internal static class WellKnownFiles
{
    internal static readonly FileDescriptor[] Descriptors =
    [
        AnyReflection.Descriptor,
        SourceContextReflection.Descriptor,
        TypeReflection.Descriptor,
        ApiReflection.Descriptor,
        DescriptorReflection.Descriptor,
        DurationReflection.Descriptor,
        EmptyReflection.Descriptor,
        FieldMaskReflection.Descriptor,
        PluginReflection.Descriptor,
        StructReflection.Descriptor,
        TimestampReflection.Descriptor,
        WrappersReflection.Descriptor,
    ];

    private static readonly Dictionary<string, SchemaSource> Sources =
        Descriptors.Select(file => SchemaSource.Parse(file.SerializedData.Memory)).ToDictionary(source => source.Name, StringComparer.Ordinal);

    internal static IEnumerable<SchemaSource> All => Sources.Values;

    internal static SchemaSource? Find(string name) => Sources.GetValueOrDefault(name);
}
