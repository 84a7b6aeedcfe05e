using System.Text;

namespace Hawser.Protobuf;

/// <summary>What <see cref="ProtoCompiler"/> compiles: texts, files, folders and zips, and where on disk further imports are looked for.</summary>
/// <remarks>
/// Everything is read when it is added, except imports from disk, which are read when they turn out to be needed. Imports of <c>google/protobuf</c>,
/// <c>google/rpc</c>, <c>google/api</c> and <c>google/type</c> are bundled. Not safe for use by several threads at once.
/// </remarks>
public sealed class ProtoSources
{
    private readonly ProtoFileSet files;
    private readonly List<string> importRoots = [];

    /// <summary>Starts with nothing and the default limits.</summary>
    public ProtoSources()
        : this(ProtoSourceLimits.Default)
    {
    }

    /// <summary>Starts with nothing.</summary>
    /// <param name="limits">How much is taken.</param>
    public ProtoSources(ProtoSourceLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        files = new ProtoFileSet(limits);
    }

    /// <summary>One text.</summary>
    /// <param name="text">The <c>.proto</c> text.</param>
    /// <param name="name">The name that diagnostics and imports use.</param>
    /// <returns>The sources.</returns>
    public static ProtoSources FromText(string text, string name = "schema.proto") => new ProtoSources().AddText(name, text);

    /// <summary>Adds a text.</summary>
    /// <param name="name">The name that imports use, with slashes, for instance <c>shop/order.proto</c>.</param>
    /// <param name="text">The <c>.proto</c> text.</param>
    /// <returns>The same sources.</returns>
    /// <exception cref="SchemaException">The name cannot be one, is there already with another text, or a limit is passed.</exception>
    public ProtoSources AddText(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        files.Add(new ProtoFile(ProtoFileName.Checked(name, "the texts"), Encoding.UTF8.GetBytes(text), name, IsCompiled: true));
        return this;
    }

    /// <summary>
    /// Adds a file from disk. Its name for imports is its path below the import root that holds it; add those first. Without one, the nearest folder above the
    /// file that most of its imports are found from becomes an import root.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <returns>The same sources.</returns>
    /// <exception cref="SchemaException">A limit is passed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public ProtoSources AddFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var text = ReadFile(full, path);
        var root = importRoots.Where(root => IsBelow(full, root)).MaxBy(root => root.Length);
        if (root is null)
            importRoots.Add(root = RootOf(full, text));
        var name = ProtoFileName.Checked(Path.GetRelativePath(root, full).Replace(Path.DirectorySeparatorChar, '/'), root);
        files.Add(new ProtoFile(name, text, path, IsCompiled: true));
        return this;
    }

    /// <summary>Adds every <c>.proto</c> file of a folder and the folders in it. Imports are relative to it, or to folders in it where they are found.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>The same sources.</returns>
    /// <exception cref="SchemaException">There is no <c>.proto</c> file, or a limit is passed.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public ProtoSources AddFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var texts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, MaxRecursionDepth = 64 };
        foreach (var file in Directory.EnumerateFiles(path, "*.proto", options))
        {
            if (texts.Count == files.Limits.MaxFiles)
                throw new SchemaException($"{path} has more than {files.Limits.MaxFiles} .proto files ({nameof(ProtoSourceLimits)}.{nameof(ProtoSourceLimits.MaxFiles)}).");
            var name = Path.GetRelativePath(path, file).Replace(Path.DirectorySeparatorChar, '/');
            texts.Add(ProtoFileName.Checked(name, path), ReadFile(file, file));
        }

        if (texts.Count == 0)
            throw new SchemaException($"{path} has no .proto files.");
        AddTree(texts, name => Path.Combine(path, name));
        return this;
    }

    /// <summary>Adds every <c>.proto</c> file of a zip. Imports are relative to its root, or to folders in it where they are found.</summary>
    /// <param name="zip">The zip; read to its end, not closed.</param>
    /// <param name="name">The name that diagnostics use.</param>
    /// <returns>The same sources.</returns>
    /// <exception cref="SchemaException">It is no zip, has no <c>.proto</c> file, has a name that leads out of it, or passes a limit.</exception>
    public ProtoSources AddZip(Stream zip, string name = "the zip")
    {
        ArgumentNullException.ThrowIfNull(zip);
        AddTree(ProtoZip.Read(zip, name, files.Limits), path => path);
        return this;
    }

    /// <summary>Adds a folder that imports are looked for in, after everything that was added, in the order of adding. Like protoc's <c>-I</c>.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>The same sources.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public ProtoSources AddImportRoot(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"The import root '{path}' is not a folder.");
        importRoots.Add(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return this;
    }

    /// <summary>Everything that was added, and what it imports from disk.</summary>
    internal ProtoFileSet Complete()
    {
        var complete = files.Copy();
        var waiting = new Queue<ProtoFile>(complete.Files);
        while (waiting.TryDequeue(out var file))
        {
            foreach (var import in ImportScanner.Scan(file.Text))
            {
                if (complete.Contains(import) || FindOnDisk(import) is not { } found)
                    continue;
                complete.Add(found);
                waiting.Enqueue(found);
            }
        }

        return complete;
    }

    private void AddTree(Dictionary<string, byte[]> texts, Func<string, string> givenName)
    {
        var roots = ImportRoots.Find(texts);
        foreach (var (path, text) in texts)
            files.Add(new ProtoFile(ImportRoots.NameOf(path, roots), text, givenName(path), IsCompiled: true));
    }

    private ProtoFile? FindOnDisk(string import)
    {
        // A name that leads elsewhere is not followed; protoc refuses it with the place where it stands.
        if (ProtoFileName.Check(import) is not null)
            return null;
        foreach (var root in importRoots)
        {
            var path = Path.Combine(root, import);
            if (File.Exists(path))
                return new ProtoFile(import, ReadFile(path, path), path, IsCompiled: false);
        }

        return null;
    }

    private byte[] ReadFile(string path, string givenName)
    {
        using var content = File.OpenRead(path);
        return BoundedReading.ReadAll(content, files.Limits.MaxFileBytes, () => ProtoFileSet.TooLarge(givenName, files.Limits));
    }

    private static string RootOf(string path, byte[] text)
    {
        var imports = ImportScanner.Scan(text).Where(import => ProtoFileName.Check(import) is null).ToList();
        var nearest = Path.GetDirectoryName(path)!;
        var (root, most) = (nearest, 0);
        for (var folder = nearest; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var found = imports.Count(import => File.Exists(Path.Combine(folder, import)));
            if (found > most)
                (root, most) = (folder, found);
        }

        return root;
    }

    private static bool IsBelow(string path, string root) =>
        path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}
