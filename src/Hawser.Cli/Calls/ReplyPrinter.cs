using System.Buffers;

namespace Hawser.Cli.Calls;

/// <summary>Prints messages as lines of compact JSON.</summary>
/// <param name="output">Takes the lines, in UTF-8.</param>
/// <param name="format">What the messages are on the wire.</param>
internal sealed class ReplyPrinter(Stream output, MessageFormat format)
{
    private const int FlushAt = 64 * 1024;

    private readonly ArrayBufferWriter<byte> buffer = new(FlushAt);

    /// <summary>Prints every message of a call as it comes, until the call has ended.</summary>
    /// <returns>The number of messages.</returns>
    public async Task<long> PrintAllAsync(ClientCall call)
    {
        for (long count = 0; ; count++)
        {
            // While more is there already, lines are gathered; before waiting, all of them are shown.
            var next = call.ReadAsync();
            if (!next.IsCompleted || buffer.WrittenCount >= FlushAt)
                Flush();
            if (!await next)
            {
                Flush();
                return count;
            }

            Append(call.Message);
        }
    }

    public void Print(ReadOnlySequence<byte> message)
    {
        Append(message);
        Flush();
    }

    private void Append(ReadOnlySequence<byte> message)
    {
        var before = buffer.WrittenCount;
        try
        {
            format.WriteJson(message, buffer);
        }
        catch (RpcException)
        {
            // What came before it is shown, half a message is not.
            Write(buffer.WrittenSpan[..before]);
            throw;
        }

        buffer.Write("\n"u8);
    }

    private void Flush()
    {
        Write(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
    }

    private void Write(ReadOnlySpan<byte> lines)
    {
        if (lines.IsEmpty)
            return;
        try
        {
            output.Write(lines);
            output.Flush();
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write the output: {exception.Message}", exception);
        }
    }
}
