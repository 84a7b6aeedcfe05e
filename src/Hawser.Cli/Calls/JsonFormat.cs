using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Cli.Grpc;

namespace Hawser.Cli.Calls;

/// <summary>Messages that are JSON on the wire. A reply that is not is shown as <c>{"base64":"…"}</c>.</summary>
internal sealed class JsonFormat : MessageFormat
{
    public static readonly JsonFormat Instance = new();

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override ReadOnlySequence<byte> ToMessage(ReadOnlySequence<byte> json) => json;

    public override void WriteJson(ReadOnlySequence<byte> message, IBufferWriter<byte> output)
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

        using (var writer = new Utf8JsonWriter(output, Compact))
        {
            if (document is not null)
                document.RootElement.WriteTo(writer);
            else
                WriteBase64(writer, message);
        }

        document?.Dispose();
    }

    public override ReadOnlyMemory<byte> CreateMessage(long bytes) => bytes <= Array.MaxLength
        ? new byte[bytes]
        : throw new CommandException(ExitCode.Usage, $"--payload {bytes} is too large for a message; only octets can be that long.");

    public override IReadOnlyList<string> DescribeDetails(Status status) => status.Details.IsEmpty ? [] : StatusDetails.Describe(status.Details, types: null);

    private static void WriteBase64(Utf8JsonWriter writer, ReadOnlySequence<byte> message)
    {
        writer.WriteStartObject();
        writer.WriteBase64String("base64", message.ToArray());
        writer.WriteEndObject();
    }
}
