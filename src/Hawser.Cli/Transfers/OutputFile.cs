namespace Hawser.Cli.Transfers;

/// <summary>A file that appears under its name only when it is whole: it is written under another name beside it, and renamed at the end.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string path;
    private readonly string partialPath;
    private bool kept;

    private OutputFile(string path, string partialPath, FileStream stream)
    {
        this.path = path;
        this.partialPath = partialPath;
        Stream = stream;
    }

    public FileStream Stream { get; }

    /// <summary>Creates the file under its temporary name.</summary>
    /// <exception cref="CommandException">Nothing can be written there.</exception>
    public static OutputFile Create(string path)
    {
        if (Directory.Exists(path))
            throw new CommandException(ExitCode.CannotWrite, $"'{path}' is a directory, not a file.");
        try
        {
            var full = Path.GetFullPath(path);
            var partial = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.part");
            return new OutputFile(full, partial, new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0));
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write '{path}': there is no directory '{Path.GetDirectoryName(path)}'.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write '{path}': {exception.Message}", exception);
        }
    }

    /// <summary>Gives the file its name, in the place of one that has it already.</summary>
    /// <exception cref="CommandException">The name cannot be given; nothing is left behind.</exception>
    public void Keep()
    {
        try
        {
            Stream.Dispose();
            File.Move(partialPath, path, overwrite: true);
            kept = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write '{path}': {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!kept)
            File.Delete(partialPath);
    }
}
