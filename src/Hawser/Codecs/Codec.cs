namespace Hawser;

/// <summary>How objects become the bytes of messages. One per server or channel; JSON unless another is given.</summary>
/// <remarks>
/// Implementations are safe from any thread. <c>byte[]</c>, <see cref="ReadOnlyMemory{T}"/> and <see cref="System.Buffers.ReadOnlySequence{T}"/> of bytes never
/// reach a codec: they pass untouched.
/// </remarks>
public abstract class Codec
{
    /// <summary>The name that travels to the peer, for instance <c>json</c>: short, lower-case ASCII.</summary>
    public abstract string Name { get; }

    /// <summary>The name of the codec of one type, for codecs that are made of several. <see cref="Name"/> unless overridden.</summary>
    /// <param name="type">The type of the messages.</param>
    /// <returns>The name that travels to the peer.</returns>
    public virtual string NameFor(Type type) => Name;

    /// <summary>The codec of one type. Called once per endpoint or client method, not per call.</summary>
    /// <typeparam name="T">The type of the messages.</typeparam>
    /// <returns>What encodes and decodes them.</returns>
    /// <exception cref="NotSupportedException">The type cannot be a message; the text says why.</exception>
    public abstract MessageCodec<T> For<T>();
}
