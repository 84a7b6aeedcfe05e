using System.Text;

namespace Hawser.Protobuf;

/// <summary>What stands in a <c>google.protobuf.Any</c>.</summary>
internal static class AnyContent
{
    /// <summary>The type that a type URL names behind its last slash.</summary>
    internal static MessageSchema FindType(string typeUrl, ProtoJsonOptions options)
    {
        var slash = typeUrl.LastIndexOf('/');
        if (slash < 0 || slash == typeUrl.Length - 1)
            throw new ProtoJsonException($"the type '{typeUrl}' of an Any is not a URL that ends in a slash and the name of a message", "");
        return options.FindType(typeUrl[(slash + 1)..])
            ?? throw new ProtoJsonException($"an Any holds the type '{typeUrl}', which is not known; give a schema that has it (ProtoJsonOptions.Types)", "");
    }

    internal static DynamicMessage Decode(ReadOnlySpan<byte> typeUrl, ReadOnlySpan<byte> value, ProtoJsonOptions options, int maxDepth)
    {
        var type = FindType(Encoding.UTF8.GetString(typeUrl), options);
        try
        {
            return DynamicMessage.Parse(type, value, new ProtobufReadOptions { MaxDepth = maxDepth });
        }
        catch (ProtobufFormatException failure)
        {
            throw new ProtoJsonException($"an Any does not hold a '{type.FullName}': {failure.Message}", "", failure);
        }
    }
}
