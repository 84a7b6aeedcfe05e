namespace Hawser.Grpc.Protocol;

/// <summary>What an HTTP status means to a caller that expected gRPC. Source: the gRPC project's <c>http-grpc-status-mapping.md</c>.</summary>
internal static class HttpStatus
{
    /// <summary>The status of a call that an HTTP status answered.</summary>
    /// <param name="code">The HTTP status; not 200.</param>
    /// <param name="peer">Who answered.</param>
    /// <param name="path">What was called.</param>
    internal static Status ToStatus(int code, string peer, string path)
    {
        var (status, advice) = code switch
        {
            400 => (StatusCode.Internal, "it found the request malformed"),
            401 => (StatusCode.Unauthenticated, "it wants to know who calls"),
            403 => (StatusCode.PermissionDenied, "the caller may not do this"),
            404 => (StatusCode.Unimplemented, "nothing is there; is it a gRPC server, and is the method's name right?"),
            415 => (StatusCode.Unknown, "it does not take this content type; is it a gRPC server?"),
            429 => (StatusCode.Unavailable, "it has too many requests; call again later"),
            431 => (StatusCode.Unknown, "the request's metadata is larger than it takes"),
            502 => (StatusCode.Unavailable, "a proxy got no proper answer from the server behind it"),
            503 => (StatusCode.Unavailable, "the service is not available; call again later"),
            504 => (StatusCode.Unavailable, "a proxy got no answer in time from the server behind it"),
            _ => (StatusCode.Unknown, "that is no answer of a gRPC server"),
        };
        return new Status(status, $"{peer} answered the call of '{path}' with HTTP status {code}: {advice}.");
    }
}
