namespace Hawser.Grpc.Protocol;

/// <summary>What a body of gRPC calls itself in <c>content-type</c>: the form of the protocol and the codec of its messages.</summary>
/// <param name="Form">The form.</param>
/// <param name="Codec">The codec, lower case; <c>proto</c> where none is named.</param>
internal readonly record struct GrpcContentType(GrpcForm Form, string Codec)
{
    /// <summary>The codec that a content type without a suffix means.</summary>
    internal const string ProtobufCodec = "proto";

    private const string JsonCodec = "json";
    private const string Http2 = "application/grpc";
    private const string Http2Protobuf = "application/grpc+proto";
    private const string Http2Json = "application/grpc+json";
    private const string Web = "application/grpc-web";
    private const string WebText = "application/grpc-web-text";

    // A codec's name travels in a header; whoever sends a longer one is not understood.
    private const int MaxCodecLength = 64;

    /// <summary>Reads a header. Parameters are ignored; case does not matter.</summary>
    /// <returns>False when it is no form of gRPC.</returns>
    internal static bool TryParse(string? value, out GrpcContentType contentType)
    {
        switch (value)
        {
            case Http2 or Http2Protobuf:
                contentType = new(GrpcForm.Http2, ProtobufCodec);
                return true;
            case Http2Json:
                contentType = new(GrpcForm.Http2, JsonCodec);
                return true;
            default:
                return TryParse(value.AsSpan(), out contentType);
        }
    }

    /// <summary>The content type of messages of a codec. Protobuf has no suffix, since many peers know only that form.</summary>
    /// <param name="codec">The name; null for protobuf.</param>
    internal static string ForCodec(string? codec) => codec switch
    {
        null or ProtobufCodec => Http2,
        JsonCodec => Http2Json,
        _ => $"{Http2}+{codec}",
    };

    /// <summary>The content type of an answer in the same form and codec.</summary>
    internal string ToHeader() => Form switch
    {
        GrpcForm.Http2 => ForCodec(Codec),
        GrpcForm.Web => $"{Web}+{Codec}",
        _ => $"{WebText}+{Codec}",
    };

    private static bool TryParse(ReadOnlySpan<char> value, out GrpcContentType contentType)
    {
        contentType = default;
        var parameters = value.IndexOf(';');
        var type = (parameters < 0 ? value : value[..parameters]).Trim();
        var plus = type.IndexOf('+');
        var name = plus < 0 ? type : type[..plus];
        var codec = plus < 0 ? ProtobufCodec : type[(plus + 1)..];
        if (codec.IsEmpty || codec.Length > MaxCodecLength)
            return false;
        GrpcForm form;
        if (name.Equals(Http2, StringComparison.OrdinalIgnoreCase))
            form = GrpcForm.Http2;
        else if (name.Equals(Web, StringComparison.OrdinalIgnoreCase))
            form = GrpcForm.Web;
        else if (name.Equals(WebText, StringComparison.OrdinalIgnoreCase))
            form = GrpcForm.WebText;
        else
            return false;
        contentType = new(form, NameOf(codec));
        return true;
    }

    private static string NameOf(ReadOnlySpan<char> codec)
    {
        if (codec.Equals(ProtobufCodec, StringComparison.OrdinalIgnoreCase))
            return ProtobufCodec;
        if (codec.Equals(JsonCodec, StringComparison.OrdinalIgnoreCase))
            return JsonCodec;
        return string.Create(codec.Length, codec, static (name, source) => source.ToLowerInvariant(name));
    }
}
