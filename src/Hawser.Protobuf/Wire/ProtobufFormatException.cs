namespace Hawser.Protobuf;

/// <summary>Bytes that are not a message of the type that they should be.</summary>
/// <param name="reason">What is wrong, a sentence without its end.</param>
/// <param name="path">Where in the message, for instance <c>items[3].price</c>; empty at the top.</param>
/// <param name="offset">Where in the bytes, from 0.</param>
/// <param name="inner">What it was noticed by, if anything.</param>
public sealed class ProtobufFormatException(string reason, string path, long offset, Exception? inner = null)
    : FormatException($"{(path.Length == 0 ? "" : path + ": ")}{reason}, at byte {offset}", inner)
{
    /// <summary>Where in the message, for instance <c>items[3].price</c>; empty at the top.</summary>
    public string Path => path;

    /// <summary>Where in the bytes, from 0.</summary>
    public long Offset => offset;

    internal string Reason => reason;
}
