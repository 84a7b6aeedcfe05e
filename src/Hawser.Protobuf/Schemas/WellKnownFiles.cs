using Google.Protobuf;
using Google.Protobuf.Compiler;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Hawser.Protobuf;

/// <summary>The descriptors of <c>google/protobuf/*.proto</c>, which everybody imports and few descriptor sets carry.</summary>
internal static class WellKnownFiles
{
    private static readonly Dictionary<string, SchemaSource> Sources = new FileDescriptor[]
    {
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
    }.Select(Read).ToDictionary(source => source.Name, StringComparer.Ordinal);

    internal static IEnumerable<SchemaSource> All => Sources.Values;

    internal static SchemaSource? Find(string name) => Sources.GetValueOrDefault(name);

    private static SchemaSource Read(FileDescriptor file)
    {
        if (file != DescriptorReflection.Descriptor)
            return SchemaSource.Parse(file.SerializedData.Memory);

        // This library's descriptor.proto is from before edition 2023 was final, when utf8_validation = NONE got another number.
        const int FinalNumber = 3;
        var proto = FileDescriptorProto.Parser.ParseFrom(file.SerializedData);
        var validation = proto.MessageType.Single(message => message.Name is nameof(FeatureSet)).EnumType.Single(type => type.Name is nameof(FeatureSet.Types.Utf8Validation));
        validation.Value.Single(value => value.Name is "NONE").Number = FinalNumber;
        return SchemaSource.Parse(proto.ToByteArray());
    }
}
