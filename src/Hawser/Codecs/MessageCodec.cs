using System.Buffers;

namespace Hawser;

/// <summary>How objects of one type become the bytes of messages.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <remarks>Safe from any thread.</remarks>
public abstract class MessageCodec<T>
{
    /// <summary>Whether values are their own bytes, whatever codec the two sides speak.</summary>
    internal virtual bool IsRaw => false;

    /// <summary>Whether what <see cref="Decode"/> gives points into the message instead of being a copy.</summary>
    internal virtual bool Borrows => false;

    /// <summary>Writes a message.</summary>
    /// <param name="value">The object.</param>
    /// <param name="output">Takes the bytes.</param>
    public abstract void Encode(T value, IBufferWriter<byte> output);

    /// <summary>Reads a message.</summary>
    /// <param name="message">The bytes; must not be kept.</param>
    /// <returns>The object.</returns>
    /// <exception cref="FormatException">The bytes are not such a message; the text says where and why.</exception>
    public abstract T Decode(in ReadOnlySequence<byte> message);

    /// <summary>Whether a value is its own bytes, so that it is sent as it is.</summary>
    internal virtual bool TryGetBytes(T value, out ReadOnlySequence<byte> message)
    {
        message = default;
        return false;
    }

    /// <summary>The JSON Schema of the messages as reflection gives it.</summary>
    /// <returns>The schema as JSON text, or null when there is none.</returns>
    public virtual string? GetSchema() => null;
}
