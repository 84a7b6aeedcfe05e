using System.IO.Pipelines;
using Hawser.Grpc.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>What is different where the caller is a browser.</summary>
internal sealed partial class GrpcServerCall
{
    private GrpcWebBody? web;

    private PipeReader RequestBody => web is null ? features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader : web.Reader;

    private PipeWriter ResponseBody => web is null ? responseBody.Writer : web.Writer;

    private void StartWeb()
    {
        CanBeReused = false;
        web = new GrpcWebBody(contentType.Form, RequestBody, ResponseBody);
        settings.Cors?.Allow(request.Headers, response.Headers);
    }

    /// <summary>Answers a browser that asks whether a page may call.</summary>
    private GrpcRefusal AnswerPreflight()
    {
        if (settings.Cors?.TryAnswer(request.Headers, response.Headers) == true)
            return new(StatusCodes.Status204NoContent, Status.Ok);
        return new(
            StatusCodes.Status403Forbidden,
            new Status(StatusCode.PermissionDenied, $"Pages of '{(string?)request.Headers.Origin}' may not call this server; GrpcServerOptions.Cors says which may."));
    }
}
