using Hawser.Grpc.Protocol;
using Hawser.Grpc.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>Whether a request is a call that can be served, and the answer to one that is not.</summary>
internal sealed partial class GrpcServerCall
{
    /// <summary>Reads what the request says of the call.</summary>
    /// <returns>Why it cannot be served, or null.</returns>
    private GrpcRefusal? Accept()
    {
        if (settings.IsDraining)
            return new(StatusCodes.Status503ServiceUnavailable, new Status(StatusCode.Unavailable, "The server is stopping; the call was not run and may be made elsewhere."));
        if (!HttpMethods.IsPost(request.Method))
        {
            if (CorsAnswers.IsQuestion(request.Method, request.Headers))
                return AnswerPreflight();
            return new(StatusCodes.Status405MethodNotAllowed, new Status(StatusCode.Unimplemented, $"A gRPC call is a POST; this was a {request.Method}."));
        }

        string? type = request.Headers.ContentType;
        if (!GrpcContentType.TryParse(type, out contentType))
            return new(StatusCodes.Status415UnsupportedMediaType, new Status(StatusCode.Internal, $"A gRPC call has the content type 'application/grpc'; this one has '{type}'."));
        if (contentType.Form != GrpcForm.Http2)
            StartWeb();
        else if (!HttpProtocol.IsHttp2(request.Protocol) && !HttpProtocol.IsHttp3(request.Protocol))
            return new(StatusCodes.Status426UpgradeRequired, new Status(StatusCode.Internal, $"gRPC needs HTTP/2; this was {request.Protocol}. Over HTTP/1.1 gRPC-Web works."));
        return AcceptConnection() ?? AcceptRoute() ?? AcceptCodec() ?? AcceptMetadata() ?? AcceptEncoding() ?? AcceptDeadline();
    }

    private GrpcRefusal? AcceptConnection()
    {
        if (connection!.Refusal is not { } refusal)
            return null;
        connection.OnRefusalTold();
        return new(refusal);
    }

    private GrpcRefusal? AcceptRoute()
    {
        if (connection!.OwnRoutes is not { } own || !own.TryFind(Path, out route))
            settings.Routes.TryFind(Path, out route);
        if (route is null)
            return new(new Status(StatusCode.Unimplemented, $"No endpoint '{Path.TrimStart('/')}' is served here; 'hawser list' shows what is."));
        if (connection.AbandonedHandlers > settings.Limits.MaxCallsInFlight)
        {
            return new(new Status(
                StatusCode.ResourceExhausted,
                $"More than {settings.Limits.MaxCallsInFlight} handlers of this connection still run although their calls have ended (ConnectionLimits.MaxCallsInFlight)."));
        }

        return null;
    }

    private GrpcRefusal? AcceptCodec()
    {
        if (route!.Speaks(contentType.Codec))
            return null;
        var expected = (contentType with { Codec = Method.Codec! }).ToHeader();
        return new(new Status(
            StatusCode.InvalidArgument,
            $"The messages of '{Method}' are '{Method.Codec}', and the call came with the content type '{(string?)request.Headers.ContentType}': call it with '{expected}'."));
    }

    private GrpcRefusal? AcceptMetadata()
    {
        var metadata = new MetadataReader(settings.Limits.MaxMetadataSize);
        foreach (var (name, values) in request.Headers)
        {
            if (MetadataHeaders.IsReserved(name))
                continue;
            var key = Lower(name);
            foreach (var value in values)
                metadata.Add(key, value ?? "");
        }

        requestMetadata = metadata.Metadata;
        return metadata.Wrong is { } wrong ? new(wrong) : null;
    }

    private GrpcRefusal? AcceptEncoding()
    {
        string? encoding = request.Headers.GrpcEncoding;
        return Compression.TryFind(encoding, out requestEncoding) ? null : new(Compression.Unknown(encoding!));
    }

    private GrpcRefusal? AcceptDeadline()
    {
        string? text = request.Headers.GrpcTimeout;
        if (text is null)
            return null;
        if (!GrpcTimeout.TryParse(text, out var time))
            return new(new Status(StatusCode.Internal, $"'{HeaderNames.Timeout}' is '{text}', which is no timeout."));
        timeout = time;
        return null;
    }

    private void Refuse(GrpcRefusal refusal)
    {
        if (refusal.Status.IsOk)
        {
            isEnded = true;
            response.StatusCode = refusal.HttpStatus;
            return;
        }

        GrpcLog.CallRefused(settings.Logger, Path, connection!.RemoteAddress, refusal.Status.ToString());
        if (settings.IsDraining && features.Get<IHttpResetFeature>() is { } reset)
        {
            reset.Reset(RefusedStream);
            return;
        }

        lock (gate)
        {
            isEnded = true;
            response.StatusCode = refusal.HttpStatus;
            if (refusal.HttpStatus == StatusCodes.Status200OK)
                response.Headers.ContentType = contentType.ToHeader();
            if (refusal.Status.Code == StatusCode.Unimplemented)
                response.Headers.GrpcAcceptEncoding = Compression.Accepted;
            WriteStatus(refusal.Status, Metadata.Empty, response.Headers);
        }
    }

    /// <summary>Header names are the same in any case; HTTP/2 has them in lower case already, but Kestrel knows some by their HTTP/1 spelling.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Globalization", "CA1308:Normalize strings to uppercase", Justification = "Metadata keys are lower case on every wire.")]
    private static string Lower(string name) => name.AsSpan().ContainsAnyInRange('A', 'Z') ? name.ToLowerInvariant() : name;

    /// <summary>Why a request is not served as a call.</summary>
    /// <param name="HttpStatus">The status of HTTP; 200 for what is gRPC.</param>
    /// <param name="Status">The status of gRPC; OK for a browser's question that was answered.</param>
    private readonly record struct GrpcRefusal(int HttpStatus, Status Status)
    {
        internal GrpcRefusal(Status status)
            : this(StatusCodes.Status200OK, status)
        {
        }
    }
}
