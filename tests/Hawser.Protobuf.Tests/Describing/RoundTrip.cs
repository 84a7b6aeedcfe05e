using Google.Protobuf.Reflection;

namespace Hawser.Protobuf.Tests.Describing;

/// <summary>Prints files, compiles what was printed, and compares.</summary>
internal static class RoundTrip
{
    internal static async Task CheckAsync(ProtoSchema schema)
    {
        var printed = new ProtoSources();
        foreach (var file in schema.Files)
            printed.AddText(file.Name, ProtoText.Of(file));
        ProtoSchema again;
        try
        {
            again = await new ProtoCompiler().CompileAsync(printed);
        }
        catch (ProtoCompilationException failure)
        {
            var named = failure.Diagnostics.Select(diagnostic => schema.FindFile(diagnostic.File)).OfType<FileSchema>().Distinct();
            throw new InvalidOperationException($"{failure.Message}\n{string.Join('\n', named.Select(ProtoText.Of))}", failure);
        }

        foreach (var file in schema.Files)
        {
            var (expected, actual) = (WithoutSource(file), WithoutSource(again.FindFile(file.Name)!));
            if (!expected.Equals(actual))
                Assert.Fail($"{ProtoText.Of(file)}\nexpected {expected}\n\nbut got {actual}");
        }
    }

    private static FileDescriptorProto WithoutSource(FileSchema file)
    {
        var proto = file.Proto.Clone();
        proto.SourceCodeInfo = null;
        // Generated code leaves out the names in JSON that anybody can derive.
        foreach (var message in proto.MessageType)
            AddJsonNames(message);
        AddJsonNames(proto.Extension);
        return proto;
    }

    private static void AddJsonNames(DescriptorProto message)
    {
        AddJsonNames(message.Field.Concat(message.Extension));
        foreach (var nested in message.NestedType)
            AddJsonNames(nested);
    }

    private static void AddJsonNames(IEnumerable<FieldDescriptorProto> fields)
    {
        foreach (var field in fields.Where(field => !field.HasJsonName))
            field.JsonName = Identifiers.ToJsonName(field.Name);
    }
}
