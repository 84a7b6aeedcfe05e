using System.Buffers;
using System.Text.Json;

namespace Hawser;

/// <summary>One JSON writer per thread, so that encoding allocates none.</summary>
internal static class JsonWriterCache
{
    [ThreadStatic]
    private static Utf8JsonWriter? cached;

    [ThreadStatic]
    private static JsonCodec? owner;

    /// <summary>Takes this thread's writer, or a new one when a converter encodes within an encoding or another codec was here before.</summary>
    internal static Utf8JsonWriter Rent(JsonCodec codec, IBufferWriter<byte> output)
    {
        var writer = cached;
        if (writer is null || !ReferenceEquals(owner, codec))
            return new Utf8JsonWriter(output, OptionsOf(codec));
        cached = null;
        writer.Reset(output);
        return writer;
    }

    internal static void Return(JsonCodec codec, Utf8JsonWriter writer)
    {
        writer.Reset(Discard.Instance);
        cached = writer;
        owner = codec;
    }

    private static JsonWriterOptions OptionsOf(JsonCodec codec) => new()
    {
        Encoder = codec.Options.Encoder,
        MaxDepth = codec.Options.MaxDepth,
        SkipValidation = true,
    };

    /// <summary>Keeps an idle writer from holding on to the last message's buffer.</summary>
    private sealed class Discard : IBufferWriter<byte>
    {
        internal static readonly Discard Instance = new();

        public void Advance(int count)
        {
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 1)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
