using System.Buffers;

namespace Hawser.Cli.Calls;

/// <summary>What a method's messages are on the wire, and how they are JSON for people.</summary>
internal abstract class MessageFormat
{
    /// <summary>What is sent when the user gives no message to a method that takes one; null for nothing.</summary>
    public virtual ReadOnlyMemory<byte>? EmptyMessage => null;

    /// <summary>Turns a request into what is sent.</summary>
    /// <param name="json">The request, which was checked to be JSON.</param>
    /// <returns>The message; valid until the next one.</returns>
    /// <exception cref="CommandException">It is no message of the method.</exception>
    public abstract ReadOnlySequence<byte> ToMessage(ReadOnlySequence<byte> json);

    /// <summary>Writes a reply as JSON on one line, without the line's end.</summary>
    /// <exception cref="RpcException">The bytes are no message of the method.</exception>
    public abstract void WriteJson(ReadOnlySequence<byte> message, IBufferWriter<byte> output);

    /// <summary>A message that holds this many bytes.</summary>
    /// <exception cref="CommandException">There is no such message.</exception>
    public abstract ReadOnlyMemory<byte> CreateMessage(long bytes);

    /// <summary>What the details of a status say, in lines.</summary>
    public virtual IReadOnlyList<string> DescribeDetails(Status status) => [];
}
