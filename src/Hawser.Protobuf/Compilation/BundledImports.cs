using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>
/// Descriptors of what common files import, for when nobody gives the text: <c>google/rpc</c>, <c>google/api</c>, <c>google/type</c>, and <c>google/protobuf</c> where
/// protoc comes without its include folder.
/// </summary>
internal static class BundledImports
{
    private static readonly Lazy<Dictionary<string, SchemaSource>> Files = new(Load);

    /// <summary>A descriptor set of the bundled files that a compilation imports and does not have, with what they import; empty when there are none.</summary>
    internal static byte[] DescriptorSetFor(ProtoFileSet sources)
    {
        var found = new Dictionary<string, SchemaSource>(StringComparer.Ordinal);
        var waiting = new Stack<string>(sources.Files.SelectMany(file => ImportScanner.Scan(file.Text)));
        while (waiting.TryPop(out var import))
        {
            if (sources.Contains(import) || !Files.Value.TryGetValue(import, out var file) || !found.TryAdd(import, file))
                continue;
            foreach (var dependency in file.Proto.Dependency)
                waiting.Push(dependency);
        }

        return SchemaSource.WriteSet(found.Values.Select(file => file.Serialized));
    }

    private static Dictionary<string, SchemaSource> Load()
    {
        // Generated code keeps a file's descriptor in a class of its own; the assembly has no list of them.
        var common = typeof(Google.Rpc.Status).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
            .OfType<FileDescriptor>()
            .Select(file => SchemaSource.Parse(file.SerializedData.Memory));
        return common.Concat(WellKnownFiles.All).ToDictionary(file => file.Name, StringComparer.Ordinal);
    }
}
