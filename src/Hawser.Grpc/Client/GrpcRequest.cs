using System.Globalization;
using System.Net;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>Makes the HTTP request of one attempt of a call.</summary>
internal static class GrpcRequest
{
    private const string UserAgent = "hawser-grpc";

    /// <param name="method">The method.</param>
    /// <param name="content">What becomes the body.</param>
    /// <param name="metadata">The caller's metadata, already checked.</param>
    /// <param name="timeLeft">How long the caller still waits; null for ever.</param>
    /// <param name="encoding">What messages may be compressed with; null for nothing.</param>
    /// <param name="previousAttempts">How often it was tried before.</param>
    internal static HttpRequestMessage Create(
        GrpcMethod method, HttpContent content, Metadata? metadata, TimeSpan? timeLeft, MessageEncoding? encoding, int previousAttempts = 0)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, method.Uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.TryAddWithoutValidation(HeaderNames.ContentType, method.ContentType);
        var headers = request.Headers;
        headers.TryAddWithoutValidation(HeaderNames.TransferEncodings, "trailers");
        headers.TryAddWithoutValidation(HeaderNames.UserAgent, UserAgent);
        headers.TryAddWithoutValidation(HeaderNames.AcceptEncoding, Compression.Accepted);
        if (encoding is not null)
            headers.TryAddWithoutValidation(HeaderNames.Encoding, encoding.Name);
        if (timeLeft is { } timeout)
            headers.TryAddWithoutValidation(HeaderNames.Timeout, GrpcTimeout.Format(timeout));
        if (previousAttempts > 0)
            headers.TryAddWithoutValidation(HeaderNames.PreviousAttempts, previousAttempts.ToString(CultureInfo.InvariantCulture));
        if (metadata is { Count: > 0 })
        {
            var sink = new RequestHeaders(request);
            MetadataHeaders.Write(metadata, ref sink);
        }

        return request;
    }
}
