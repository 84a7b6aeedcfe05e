using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>What HTTP wants to know of a method, made once per method and channel.</summary>
internal sealed class GrpcMethod
{
    internal GrpcMethod(Uri server, Method method, string defaultCodec)
    {
        Method = method;
        // A method's name is sent as it is, whatever a URI would make of its characters.
        Uri = new Uri($"{server.GetLeftPart(UriPartial.Authority)}/{method.FullName}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        ContentType = GrpcContentType.ForCodec(method.Codec ?? FirstOf(defaultCodec));
    }

    internal Method Method { get; }

    internal Uri Uri { get; }

    internal string ContentType { get; }

    /// <summary>Raw bytes belong to none of a codec's parts; they are called what the first of them is.</summary>
    private static string FirstOf(string codec) => codec.IndexOf('+', StringComparison.Ordinal) is var plus and >= 0 ? codec[..plus] : codec;

    /// <summary>Whether an answer's content type can be read by who called.</summary>
    internal bool Accepts(string? contentType) =>
        string.Equals(contentType, ContentType, StringComparison.Ordinal) || (GrpcContentType.TryParse(contentType, out var parsed) && parsed.Form == GrpcForm.Http2);
}
