namespace Hawser.Protobuf;

/// <summary>JSON that is not a message of the type that it should be, or a message that has no JSON form.</summary>
/// <param name="reason">What is wrong, a sentence without its end.</param>
/// <param name="path">Where in the message, for instance <c>order.items[3].price</c>; empty at the top.</param>
/// <param name="inner">What it was noticed by, if anything.</param>
public sealed class ProtoJsonException(string reason, string path, Exception? inner = null)
    : FormatException(path.Length == 0 ? reason : $"{path}: {reason}", inner)
{
    /// <summary>Where in the message, for instance <c>order.items[3].price</c>; empty at the top.</summary>
    public string Path => path;

    internal string Reason => reason;
}
