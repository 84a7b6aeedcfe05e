using System.IO.Pipelines;

namespace Hawser.Cli.Transfers;

/// <summary>Moves octets between files and calls.</summary>
/// <remarks>
/// Files are read and written without asynchrony: what the system does for asynchronous files is to use another thread, and handing each block over costs more
/// than the block itself.
/// </remarks>
internal static class OctetCopy
{
    /// <summary>Sends a file's bytes, straight from the file into the call's buffer.</summary>
    /// <returns>False when the peer ended the call before it had everything.</returns>
    /// <exception cref="CommandException">The file cannot be read. The peer was told so, after the bytes that could be read.</exception>
    public static async Task<bool> SendAsync(Stream file, string name, PipeWriter octets, TransferMeter meter, CancellationToken cancellationToken)
    {
        while (true)
        {
            // As much as the call has room for in one piece: asking for more would cost a copy.
            int length;
            try
            {
                length = file is FileStream ? file.Read(octets.GetSpan()) : await ReadAsync(file, octets.GetMemory(), cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                var failure = new CommandException(ExitCode.NoInput, $"cannot read {name} after {meter.Bytes} bytes: {exception.Message}", exception);
                await octets.CompleteAsync(failure);
                throw failure;
            }

            if (length == 0)
                break;
            octets.Advance(length);
            var flushed = await octets.FlushAsync(cancellationToken);
            meter.Add(length);
            if (flushed.IsCompleted)
                return false;
        }

        await octets.CompleteAsync();
        return true;
    }

    /// <summary>Writes a call's octets, straight from its buffers.</summary>
    /// <exception cref="RpcException">The call ended with another status than OK, after the bytes that were written.</exception>
    /// <exception cref="CommandException">The output cannot be written.</exception>
    public static async Task ReceiveAsync(PipeReader octets, Stream output, string name, TransferMeter meter, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await octets.ReadAsync(cancellationToken);
            try
            {
                foreach (var segment in read.Buffer)
                    output.Write(segment.Span);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new CommandException(ExitCode.CannotWrite, $"cannot write {name} after {meter.Bytes} bytes: {exception.Message}", exception);
            }

            meter.Add(read.Buffer.Length);
            octets.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>Reading a terminal or a pipe cannot be cancelled; not waiting for it can.</summary>
    private static Task<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken) =>
        stream.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken);
}
