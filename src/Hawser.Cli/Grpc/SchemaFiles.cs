using Hawser.Cli.Calls;
using Hawser.Cli.Parsing;
using Hawser.Protobuf;

namespace Hawser.Cli.Grpc;

/// <summary>Schemas from the files that a user names.</summary>
internal static class SchemaFiles
{
    /// <summary>Reads descriptor sets and compiles <c>.proto</c> files.</summary>
    /// <exception cref="CommandException">A file is missing, or is not what it should be.</exception>
    public static async Task<ProtoSchema> LoadAsync(ProtoSettings settings, CancellationToken cancellationToken)
    {
        var schema = ProtoSchema.Empty;
        try
        {
            if (settings.ProtoFiles.Count > 0)
                schema = await CompileAsync(settings, cancellationToken);
            foreach (var file in settings.DescriptorSets)
                schema = schema.Merge(ReadSet(file));
            return schema;
        }
        catch (ProtoCompilationException exception)
        {
            var errors = exception.Diagnostics.Where(diagnostic => !diagnostic.IsWarning).Select(diagnostic => diagnostic.ToString()).ToList();
            throw errors is [var only]
                ? new CommandException(ExitCode.BadJson, only, exception)
                : new CommandException(ExitCode.BadJson, $"the .proto files have {errors.Count} errors:", exception) { Details = errors };
        }
        catch (SchemaException exception)
        {
            throw new CommandException(ExitCode.BadJson, exception.Message, exception);
        }
    }

    private static async Task<ProtoSchema> CompileAsync(ProtoSettings settings, CancellationToken cancellationToken)
    {
        var sources = new ProtoSources();
        try
        {
            foreach (var root in settings.ImportRoots)
                sources.AddImportRoot(root);
            foreach (var file in settings.ProtoFiles)
                sources.AddFile(Locate(file, settings.ImportRoots));
            return await ProtoCompiler.Default.CompileAsync(sources, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or TimeoutException)
        {
            throw new CommandException(ExitCode.NoInput, exception.Message, exception);
        }
    }

    /// <summary>A file may be named as it lies, or as imports name it.</summary>
    private static string Locate(string file, IReadOnlyList<string> importRoots)
    {
        if (File.Exists(file))
            return file;
        var found = importRoots.Select(root => Path.Combine(root, file)).FirstOrDefault(File.Exists);
        return found ?? throw new CommandException(
            ExitCode.NoInput, $"there is no file '{file}'{(importRoots.Count == 0 ? "" : $", nor one in {string.Join(", ", importRoots.Select(root => $"'{root}'"))}")}.");
    }

    private static ProtoSchema ReadSet(string file)
    {
        using var stream = InputFile.OpenRead(file);
        using var content = new MemoryStream();
        try
        {
            stream.CopyTo(content);
            return ProtoSchema.FromDescriptorSet(content.GetBuffer().AsSpan(0, (int)content.Length));
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.NoInput, $"cannot read '{file}': {exception.Message}", exception);
        }
        catch (SchemaException exception)
        {
            throw new CommandException(ExitCode.BadJson, $"'{file}': {exception.Message}", exception);
        }
    }
}
