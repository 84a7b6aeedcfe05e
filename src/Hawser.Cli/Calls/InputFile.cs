namespace Hawser.Cli.Calls;

/// <summary>Files that a user names for reading.</summary>
internal static class InputFile
{
    /// <summary>Opens a file without a buffer of its own: who reads it brings one.</summary>
    /// <exception cref="CommandException">It is missing, or cannot be read.</exception>
    public static FileStream OpenRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.NoInput, $"there is no file '{path}'.", exception);
        }
        catch (UnauthorizedAccessException exception) when (Directory.Exists(path))
        {
            throw new CommandException(ExitCode.NoInput, $"'{path}' is a directory, not a file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException(ExitCode.NoInput, $"cannot read '{path}': {exception.Message}", exception);
        }
    }
}
