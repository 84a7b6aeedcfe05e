using System.Net;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>What the first headers of a response say: whether messages follow, and in which compression; or how the call ended already.</summary>
internal readonly struct ResponseHead
{
    private ResponseHead(Metadata headers, MessageEncoding? encoding)
    {
        Headers = headers;
        Encoding = encoding;
        Trailers = Metadata.Empty;
    }

    private ResponseHead(Status final, Metadata trailers, string? pushback)
    {
        Final = final;
        Headers = Metadata.Empty;
        Trailers = trailers;
        Pushback = pushback;
    }

    /// <summary>How the call ended, when nothing more follows.</summary>
    internal Status? Final { get; }

    /// <summary>What came with <see cref="Final"/>.</summary>
    internal Metadata Trailers { get; }

    /// <summary>What the server said of another attempt.</summary>
    internal string? Pushback { get; }

    /// <summary>The response headers, when messages follow.</summary>
    internal Metadata Headers { get; }

    /// <summary>What messages may be compressed with.</summary>
    internal MessageEncoding? Encoding { get; }

    /// <summary>Reads the headers.</summary>
    /// <param name="response">The response.</param>
    /// <param name="method">What was called.</param>
    /// <param name="peer">Who was called.</param>
    /// <param name="maxMetadataSize">What the headers may take.</param>
    internal static ResponseHead Read(HttpResponseMessage response, GrpcMethod method, string peer, int maxMetadataSize)
    {
        var metadata = new MetadataReader(maxMetadataSize);
        string? encodingName = null;
        foreach (var header in response.Headers.NonValidated)
        {
            if (header.Key.Equals(HeaderNames.Status, StringComparison.OrdinalIgnoreCase))
                return ReadTrailersOnly(response, maxMetadataSize);
            if (header.Key.Equals(HeaderNames.Encoding, StringComparison.OrdinalIgnoreCase))
                encodingName = header.Value.ToString();
            else
                ResponseTrailers.AddTo(ref metadata, header);
        }

        if (response.StatusCode != HttpStatusCode.OK)
            return Ended(HttpStatus.ToStatus((int)response.StatusCode, peer, method.Method.FullName));
        var contentType = response.Content.Headers.NonValidated.TryGetValues(HeaderNames.ContentType, out var values) ? values.ToString() : null;
        if (!method.Accepts(contentType))
            return Ended(WrongContentType(contentType, method, peer));
        foreach (var header in response.Content.Headers.NonValidated)
            ResponseTrailers.AddTo(ref metadata, header);
        if (metadata.Wrong is { } wrong)
            return Ended(wrong);
        return Compression.TryFind(encodingName, out var encoding)
            ? new ResponseHead(metadata.Metadata, encoding)
            : Ended(new Status(StatusCode.Internal, Compression.Unknown(encodingName!).Text));
    }

    private static ResponseHead ReadTrailersOnly(HttpResponseMessage response, int maxMetadataSize)
    {
        var reader = new StatusReader(maxMetadataSize);
        foreach (var header in response.Headers.NonValidated)
            ResponseTrailers.AddTo(ref reader, header);
        foreach (var header in response.Content.Headers.NonValidated)
            ResponseTrailers.AddTo(ref reader, header);
        return new ResponseHead(reader.ToStatus()!, reader.Metadata, reader.Pushback);
    }

    private static ResponseHead Ended(Status status) => new(status, Metadata.Empty, pushback: null);

    private static Status WrongContentType(string? contentType, GrpcMethod method, string peer) => new(
        StatusCode.Unknown,
        contentType is null
            ? $"{peer} answered the call of '{method.Method}' without a content type, where '{method.ContentType}' is expected; is it a gRPC server?"
            : $"{peer} answered the call of '{method.Method}' with the content type '{contentType}', where '{method.ContentType}' is expected; is it a gRPC server?");
}
