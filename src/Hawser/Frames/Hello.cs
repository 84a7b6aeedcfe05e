using System.Buffers;
using System.Text;

namespace Hawser.Frames;

/// <summary>What each side announces of itself in its first frame.</summary>
internal sealed record Hello
{
    public int MaxMessageSize { get; init; } = 4 * 1024 * 1024;
    public int MaxMetadataSize { get; init; } = 16 * 1024;
    public int MaxCallsInFlight { get; init; } = 1;
    public int CallWindow { get; init; } = FrameLimits.MinWindow;
    public int ConnectionWindow { get; init; } = FrameLimits.MinWindow;

    /// <summary>After how much silence this side gives its peer up, in milliseconds; 0 means never.</summary>
    public int GivesUpAfter { get; init; }

    /// <summary>After how long without calls this side closes the connection, in milliseconds; 0 means never.</summary>
    public int IdleTimeout { get; init; }

    /// <summary>How many questions for acknowledgement this side holds per call and direction; 0 when it does not know them.</summary>
    public int Acknowledgements { get; init; }

    /// <summary>Whether this side takes new metadata of the connection while it is open.</summary>
    public bool TakesMetadata { get; init; }

    /// <summary>What this side says of itself, for instance who it is.</summary>
    public Metadata Metadata { get; init; } = Metadata.Empty;

    /// <summary>What the peer's log shows, for instance <c>hawser/1.0</c>.</summary>
    public string Software { get; init; } = "";

    public static Hello From(ConnectionLimits limits, Metadata? metadata = null) => new()
    {
        MaxMessageSize = limits.MaxMessageSize,
        MaxMetadataSize = limits.MaxMetadataSize,
        MaxCallsInFlight = limits.MaxCallsInFlight,
        CallWindow = limits.CallWindow,
        ConnectionWindow = limits.ConnectionWindow,
        GivesUpAfter = limits.KeepAliveInterval is { } interval ? (int)(interval + limits.KeepAliveTimeout).TotalMilliseconds : 0,
        IdleTimeout = (int)(limits.IdleTimeout?.TotalMilliseconds ?? 0),
        Acknowledgements = FrameLimits.MaxAcknowledgements,
        TakesMetadata = true,
        Metadata = metadata ?? Metadata.Empty,
        Software = "hawser-dotnet/" + typeof(Hello).Assembly.GetName().Version!.ToString(3),
    };

    /// <summary>Writes the body of a HELLO frame: settings, each an id, a length and a value.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        WriteSetting(output, 1, (ulong)MaxMessageSize);
        WriteSetting(output, 2, (ulong)MaxMetadataSize);
        WriteSetting(output, 3, (ulong)MaxCallsInFlight);
        WriteSetting(output, 4, (ulong)CallWindow);
        WriteSetting(output, 5, (ulong)ConnectionWindow);
        WriteSetting(output, 6, (ulong)GivesUpAfter);
        WriteSetting(output, 7, (ulong)IdleTimeout);
        if (Software.Length > 0)
        {
            var text = Encoding.UTF8.GetBytes(Software);
            var span = output.GetSpan(2 + Varint.MaxSize + text.Length);
            var size = Varint.Write(span, 8);
            size += Varint.Write(span[size..], (ulong)text.Length);
            text.CopyTo(span[size..]);
            output.Advance(size + text.Length);
        }

        if (Acknowledgements > 0)
            WriteSetting(output, 9, (ulong)Acknowledgements);
        if (TakesMetadata)
            WriteSetting(output, 10, 1);
        if (Metadata.Count > 0)
            WriteMetadata(output);
    }

    /// <summary>Reads the body of a HELLO frame. Settings it does not know are passed over.</summary>
    /// <exception cref="ProtocolViolationException">The body is not of that form, or a value is out of its range.</exception>
    public static Hello Read(ReadOnlySpan<byte> body)
    {
        var hello = new Hello();
        while (!body.IsEmpty)
        {
            var id = ReadNumber(ref body);
            var length = ReadNumber(ref body);
            if (length > (ulong)body.Length)
                throw new ProtocolViolationException("The hello ends in the middle of a setting.");
            var value = body[..(int)length];
            body = body[(int)length..];
            hello = id switch
            {
                1 => hello with { MaxMessageSize = ReadValue(value, id, 1) },
                2 => hello with { MaxMetadataSize = ReadValue(value, id, 256) },
                3 => hello with { MaxCallsInFlight = ReadValue(value, id, 1) },
                4 => hello with { CallWindow = ReadValue(value, id, FrameLimits.MinWindow) },
                5 => hello with { ConnectionWindow = ReadValue(value, id, FrameLimits.MinWindow) },
                6 => hello with { GivesUpAfter = ReadValue(value, id, 0) },
                7 => hello with { IdleTimeout = ReadValue(value, id, 0) },
                8 => hello with { Software = Encoding.UTF8.GetString(value[..Math.Min(value.Length, 256)]) },
                9 => hello with { Acknowledgements = ReadValue(value, id, 0) },
                10 => hello with { TakesMetadata = ReadValue(value, id, 0) != 0 },
                11 => hello with { Metadata = ReadMetadata(value) },
                _ => hello,
            };
        }

        return hello;
    }

    private static void WriteSetting(IBufferWriter<byte> output, ulong id, ulong value)
    {
        var span = output.GetSpan(3 * Varint.MaxSize);
        var size = Varint.Write(span, id);
        size += Varint.Write(span[size..], (ulong)Varint.SizeOf(value));
        size += Varint.Write(span[size..], value);
        output.Advance(size);
    }

    private void WriteMetadata(IBufferWriter<byte> output)
    {
        var length = MetadataBlock.SizeOf(Metadata);
        var span = output.GetSpan((2 * Varint.MaxSize) + length);
        var size = Varint.Write(span, 11);
        size += Varint.Write(span[size..], (ulong)length);
        output.Advance(size + MetadataBlock.Write(span[size..], Metadata));
    }

    private static Metadata ReadMetadata(ReadOnlySpan<byte> value)
    {
        var metadata = MetadataBlock.Read(ref value);
        return value.IsEmpty ? metadata : throw new ProtocolViolationException("The hello's setting 11 has bytes behind its metadata.");
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> body)
    {
        var size = Varint.Read(body, out var value);
        if (size == 0)
            throw new ProtocolViolationException("The hello ends in the middle of a setting.");
        body = body[size..];
        return value;
    }

    private static int ReadValue(ReadOnlySpan<byte> value, ulong id, int low)
    {
        if (Varint.Read(value, out var number) != value.Length || value.IsEmpty)
            throw new ProtocolViolationException($"The hello's setting {id} is not a number.");
        if (number < (ulong)low)
            throw new ProtocolViolationException($"The hello's setting {id} is {number}, below the protocol's least value {low}.");
        return (int)Math.Min(number, int.MaxValue);
    }
}
