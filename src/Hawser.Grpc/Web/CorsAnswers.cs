using System.Globalization;
using Hawser.Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using HttpHeaderNames = Microsoft.Net.Http.Headers.HeaderNames;

namespace Hawser.Grpc.Web;

/// <summary>What browsers are told of a <see cref="GrpcCors"/>.</summary>
internal sealed class CorsAnswers
{
    /// <summary>Stands for all origins or headers.</summary>
    internal const string Any = "*";

    private readonly bool allowsAnyOrigin;
    private readonly bool allowsAnyHeader;
    private readonly HashSet<string> origins;
    private readonly string allowedHeaders;
    private readonly string exposedHeaders;
    private readonly string maxAge;

    internal CorsAnswers(GrpcCors cors)
    {
        allowsAnyOrigin = cors.AllowedOrigins.Contains(Any, StringComparer.Ordinal);
        allowsAnyHeader = cors.AllowedHeaders.Contains(Any, StringComparer.Ordinal);
        origins = new HashSet<string>(cors.AllowedOrigins, StringComparer.OrdinalIgnoreCase);
        allowedHeaders = string.Join(',', cors.AllowedHeaders.Concat(["content-type", "x-grpc-web", "x-user-agent", "grpc-timeout", "grpc-accept-encoding"]));
        exposedHeaders = string.Join(',', cors.ExposedHeaders.Concat([HeaderNames.Status, HeaderNames.Message, HeaderNames.StatusDetails, HeaderNames.Encoding]));
        maxAge = ((long)cors.MaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a request only asks whether a call would be allowed.</summary>
    internal static bool IsQuestion(string method, IHeaderDictionary request) =>
        HttpMethods.IsOptions(method) && request.ContainsKey(HttpHeaderNames.AccessControlRequestMethod);

    /// <summary>Answers such a question.</summary>
    /// <returns>Whether the call is allowed.</returns>
    internal bool TryAnswer(IHeaderDictionary request, IHeaderDictionary response)
    {
        if (!TryAllowOrigin(request, response))
            return false;
        response.AccessControlAllowMethods = HttpMethods.Post;
        response.AccessControlAllowHeaders = allowsAnyHeader && request.AccessControlRequestHeaders is { Count: > 0 } asked ? asked : allowedHeaders;
        response.AccessControlMaxAge = maxAge;
        return true;
    }

    /// <summary>Lets the page that made a call read its answer, if it may.</summary>
    internal void Allow(IHeaderDictionary request, IHeaderDictionary response)
    {
        if (TryAllowOrigin(request, response))
            response.AccessControlExposeHeaders = exposedHeaders;
    }

    private bool TryAllowOrigin(IHeaderDictionary request, IHeaderDictionary response)
    {
        if (request.Origin is not [{ } origin])
            return false;
        if (allowsAnyOrigin)
        {
            response.AccessControlAllowOrigin = Any;
            return true;
        }

        // What is cached for one origin must not be shown to another.
        response.Vary = HttpHeaderNames.Origin;
        if (!origins.Contains(origin))
            return false;
        response.AccessControlAllowOrigin = origin;
        return true;
    }
}
