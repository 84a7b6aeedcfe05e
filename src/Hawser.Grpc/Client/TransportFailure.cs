namespace Hawser.Grpc.Client;

/// <summary>What went wrong below gRPC, as a status with a sentence. Source for the codes: the gRPC project's "gRPC over HTTP2" protocol, "Errors".</summary>
internal static class TransportFailure
{
    // RFC 9113, 7.
    private const long NoError = 0, RefusedStream = 7, Cancelled = 8, EnhanceYourCalm = 11, InadequateSecurity = 12, Http11Required = 13;

    private static readonly string[] ErrorNames =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL",
        "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    /// <summary>Describes a failure of a call.</summary>
    /// <param name="exception">What HTTP threw.</param>
    /// <param name="peer">Who was called.</param>
    /// <param name="method">What was called.</param>
    /// <param name="wasSent">Whether any of the request may have reached the peer.</param>
    /// <param name="maxMetadataSize">What the peer's headers may take.</param>
    /// <returns>The status, and whether the call certainly did not run.</returns>
    internal static (Status Status, bool NotRun) Describe(Exception exception, string peer, Method method, bool wasSent, int maxMetadataSize)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case ConnectFailedException failure:
                    return (failure.Status, true);
                case HttpProtocolException failure:
                    return DescribeReset(failure.ErrorCode, peer, method, wasSent);
                case HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded }:
                    return (
                        new Status(
                            StatusCode.ResourceExhausted,
                            $"{peer} sent more headers than are taken; metadata may take {maxMetadataSize} bytes (ConnectionLimits.MaxMetadataSize). The call of '{method}' may have run."),
                        false);
                case OperationCanceledException when ReferenceEquals(cause, exception):
                    // Not by this side: HTTP gave up sending the request, of which the server then did not get all.
                    return (Unavailable($"{peer} ended the call of '{method}' before its request had been sent", wasSent: false), true);
                case RequestNotReplayableException:
                    return (Unavailable($"{peer} did not begin the call of '{method}', and its request cannot be sent again", wasSent: false), true);
            }
        }

        return (Unavailable($"The connection to {peer} was lost before the call of '{method}' ended: {Reason(exception)}", wasSent), !wasSent);
    }

    private static (Status Status, bool NotRun) DescribeReset(long code, string peer, Method method, bool wasSent)
    {
        var name = code >= 0 && code < ErrorNames.Length ? ErrorNames[code] : $"code {code}";
        var text = $"{peer} ended the call of '{method}' with the HTTP/2 error {name}";
        return code switch
        {
            RefusedStream => (new Status(StatusCode.Unavailable, $"{text}: it did not begin it. The call was not run."), true),
            NoError => (Unavailable(text, wasSent), !wasSent),
            Cancelled => (new Status(StatusCode.Cancelled, $"{text}: it gave the call up."), false),
            EnhanceYourCalm => (new Status(StatusCode.ResourceExhausted, $"{text}: it is asked too much of; call, or ping, less often."), false),
            InadequateSecurity => (new Status(StatusCode.PermissionDenied, $"{text}: it wants better encryption."), true),
            Http11Required => (new Status(StatusCode.Unknown, $"{text}: it wants HTTP/1.1; is it a gRPC server?"), true),
            _ => (new Status(StatusCode.Internal, $"{text}."), false),
        };
    }

    private static Status Unavailable(string text, bool wasSent) =>
        new(StatusCode.Unavailable, $"{text.TrimEnd('.')}. The call {(wasSent ? "may have run" : "was not run")}.");

    private static string Reason(Exception exception) => exception.GetBaseException() switch
    {
        ObjectDisposedException => "it was closed by this side",
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "the server closed it",
        var cause => cause.Message.TrimEnd('.'),
    };
}

/// <summary>The handler wants to send a request again of which not everything is at hand any more.</summary>
internal sealed class RequestNotReplayableException() : IOException("Part of the request has been sent and is not kept.");
