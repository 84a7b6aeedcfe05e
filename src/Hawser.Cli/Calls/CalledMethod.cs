using System.Buffers;

namespace Hawser.Cli.Calls;

/// <summary>A method that a command calls.</summary>
/// <param name="Description">What travels each way.</param>
/// <param name="Format">What its messages are on the wire.</param>
/// <param name="IsDescribed">Whether the node, or a file, said so; otherwise it is assumed.</param>
internal sealed record CalledMethod(MethodDescription Description, MessageFormat Format, bool IsDescribed)
{
    public string Name => Description.Name;

    /// <summary>What is sent for a request of at most one message.</summary>
    /// <param name="json">The request; null when the user gave none, which is an empty message where there must be one.</param>
    /// <exception cref="CommandException">It is no message of the method.</exception>
    public ReadOnlySequence<byte>? ToRequest(ReadOnlyMemory<byte>? json)
    {
        if (json is { } given)
            return Format.ToMessage(new ReadOnlySequence<byte>(given));
        return Description.Request == Body.Message && Format.EmptyMessage is { } empty ? new ReadOnlySequence<byte>(empty) : null;
    }

    /// <summary>A method that nobody described.</summary>
    public static CalledMethod Assumed(MethodDescription description) => new(description, JsonFormat.Instance, IsDescribed: false);
}
