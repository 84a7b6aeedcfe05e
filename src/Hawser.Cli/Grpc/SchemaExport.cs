using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>Writes schemas to files.</summary>
internal static class SchemaExport
{
    // Every compiler of .proto files brings these.
    private const string BundledFiles = "google/protobuf/";

    /// <summary>Writes the files of a schema below a directory, which is made.</summary>
    /// <exception cref="CommandException">A file cannot be written, or its name would lead out of the directory.</exception>
    public static void WriteProtoFiles(ProtoSchema schema, string directory)
    {
        var root = Path.GetFullPath(directory) + Path.DirectorySeparatorChar;
        foreach (var file in schema.Files.Where(file => !file.Name.StartsWith(BundledFiles, StringComparison.Ordinal)))
        {
            // The names are the server's.
            var path = Path.GetFullPath(Path.Combine(root, file.Name));
            if (!path.StartsWith(root, StringComparison.Ordinal))
                throw new CommandException(ExitCode.CannotWrite, $"the file '{file.Name}' of the schema would lie outside '{directory}'; nothing more is written.");
            Write(path, () =>
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, ProtoText.Of(file));
            });
            Console.Error.WriteLine($"wrote {Path.Combine(directory, file.Name)}");
        }
    }

    /// <summary>Writes a schema as a <c>google.protobuf.FileDescriptorSet</c>.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void WriteDescriptorSet(ProtoSchema schema, string file)
    {
        Write(file, () => File.WriteAllBytes(file, schema.ToDescriptorSet()));
        Console.Error.WriteLine($"wrote {file}");
    }

    private static void Write(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write '{path}': {exception.Message}", exception);
        }
    }
}
