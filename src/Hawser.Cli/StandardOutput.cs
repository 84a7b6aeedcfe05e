using Microsoft.Win32.SafeHandles;

namespace Hawser.Cli;

/// <summary>Standard output for bytes, which tells when nobody reads it any more.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>Opens it.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        try
        {
            // The console's stream drops what goes into a broken pipe without a word, so that "… | head" would never end. A file stream does not, but it
            // writes to a file at a position of its own, where the next command of the same shell would write over it.
            var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? Console.OpenStandardOutput() : stream;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write standard output: {exception.Message}", exception);
        }
    }
}
