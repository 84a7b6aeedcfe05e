using System.Text;

namespace Hawser.Cli;

/// <summary>Writes whole lines to standard output as they come, and tells when nobody reads them any more.</summary>
internal sealed class LineOutput(Stream output)
{
    /// <summary>Writes a line.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public void WriteLine(string line)
    {
        try
        {
            output.Write(Encoding.UTF8.GetBytes(line + Environment.NewLine));
            output.Flush();
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write the output: {exception.Message}", exception);
        }
    }
}
