namespace Hawser.Grpc.Protocol;

/// <summary>The headers and trailers that the protocol itself uses.</summary>
internal static class HeaderNames
{
    internal const string Status = "grpc-status";
    internal const string Message = "grpc-message";
    internal const string StatusDetails = "grpc-status-details-bin";
    internal const string Timeout = "grpc-timeout";
    internal const string Encoding = "grpc-encoding";
    internal const string AcceptEncoding = "grpc-accept-encoding";
    internal const string PreviousAttempts = "grpc-previous-rpc-attempts";
    internal const string RetryPushback = "grpc-retry-pushback-ms";
    internal const string ContentType = "content-type";
    internal const string TransferEncodings = "te";
    internal const string UserAgent = "user-agent";
}
