using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hawser.Cli.Calls;

/// <summary>Prints messages as lines of compact JSON; one that is not JSON as <c>{"base64":"…"}</c>.</summary>
/// <param name="output">Takes the lines, in UTF-8.</param>
internal sealed class ReplyPrinter(Stream output)
{
    private const int FlushAt = 64 * 1024;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
        JsonDocument? document;
        try
        {
            document = JsonDocument.Parse(message);
        }
        catch (JsonException)
        {
            document = null;
        }

        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            if (document is not null)
                document.RootElement.WriteTo(writer);
            else
                WriteBase64(writer, message);
        }

        document?.Dispose();
        buffer.Write("\n"u8);
    }

    private static void WriteBase64(Utf8JsonWriter writer, ReadOnlySequence<byte> message)
    {
        writer.WriteStartObject();
        writer.WriteBase64String("base64", message.ToArray());
        writer.WriteEndObject();
    }

    private void Flush()
    {
        if (buffer.WrittenCount == 0)
            return;
        try
        {
            output.Write(buffer.WrittenSpan);
            output.Flush();
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.CannotWrite, $"cannot write the output: {exception.Message}", exception);
        }

        buffer.ResetWrittenCount();
    }
}
