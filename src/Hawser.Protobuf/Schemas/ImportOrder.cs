using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>Puts files behind what they import.</summary>
internal sealed class ImportOrder
{
    private readonly Dictionary<string, SchemaSource> files;
    private readonly Func<string, SchemaSource?> missing;
    private readonly Dictionary<string, bool> finished = new(StringComparer.Ordinal);
    private readonly List<SchemaSource> ordered = [];

    private ImportOrder(Dictionary<string, SchemaSource> files, Func<string, SchemaSource?> missing)
    {
        this.files = files;
        this.missing = missing;
    }

    /// <summary>Orders the files.</summary>
    /// <param name="files">The files by name.</param>
    /// <param name="missing">Finds what is imported and not among the files, or null.</param>
    internal static List<SchemaSource> Of(Dictionary<string, SchemaSource> files, Func<string, SchemaSource?> missing)
    {
        var order = new ImportOrder(new Dictionary<string, SchemaSource>(files, StringComparer.Ordinal), missing);
        foreach (var source in files.Values)
            order.Visit(source);
        return order.ordered;
    }

    /// <summary>Depth first, with a stack of its own: how long a chain of imports is, its author decides.</summary>
    private void Visit(SchemaSource first)
    {
        if (!finished.TryAdd(first.Name, false))
            return;
        var path = new Stack<(SchemaSource Source, int Next)>();
        path.Push((first, 0));
        while (path.TryPop(out var step))
        {
            var imports = step.Source.Proto.Dependency;
            if (step.Next == imports.Count)
            {
                finished[step.Source.Name] = true;
                ordered.Add(step.Source);
                continue;
            }

            path.Push((step.Source, step.Next + 1));
            var import = Find(step.Source.Proto, step.Next);
            if (import is null || finished.TryAdd(import.Name, false))
            {
                if (import is not null)
                    path.Push((import, 0));
            }
            else if (!finished[import.Name])
                throw new SchemaException($"{step.Source.Name} imports {import.Name}, which imports it back: {Cycle(path, import.Name)}.");
        }
    }

    private SchemaSource? Find(FileDescriptorProto importer, int position)
    {
        var name = importer.Dependency[position];
        if (files.TryGetValue(name, out var file))
            return file;
        file = missing(name);
        if (file is not null)
        {
            files.Add(name, file);
            return file;
        }

        // A weak import may be absent.
        return importer.WeakDependency.Contains(position)
            ? null
            : throw new SchemaException($"{importer.Name} imports {name}, which is not among the files.");
    }

    private static string Cycle(Stack<(SchemaSource Source, int Next)> path, string name) =>
        string.Join(" → ", path.Select(step => step.Source.Name).TakeWhile(step => !string.Equals(step, name, StringComparison.Ordinal)).Reverse().Prepend(name).Append(name));
}
