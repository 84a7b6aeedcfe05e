using Hawser.Grpc.Protocol;
using Hawser.Grpc.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Hawser.Grpc.AspNetCore;

/// <summary>Tells gRPC callers in gRPC's terms that they may not call: a redirect to a login page means nothing to them.</summary>
/// <param name="others">Answers all other callers.</param>
internal sealed class GrpcAuthorizationResults(IAuthorizationMiddlewareResultHandler others) : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded || !GrpcContentType.TryParse(context.Request.ContentType, out var contentType) || context.GetEndpoint()?.Metadata.GetMetadata<Method>() is not { } method)
            return others.HandleAsync(next, context, policy, authorizeResult);
        var status = authorizeResult.Challenged
            ? new Status(StatusCode.Unauthenticated, $"'{method}' wants to know who calls, and the call did not say so in a way that is accepted here.")
            : new Status(StatusCode.PermissionDenied, $"The caller may not call '{method}'.{Reasons(authorizeResult)}");
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = contentType.ToHeader();
        var headers = new ResponseHeaderSink(context.Response.Headers);
        StatusTrailers.Write(status, Metadata.Empty, ref headers);
        return Task.CompletedTask;
    }

    private static string Reasons(PolicyAuthorizationResult result) =>
        string.Concat(result.AuthorizationFailure?.FailureReasons.Select(static reason => " " + reason.Message) ?? []);
}
