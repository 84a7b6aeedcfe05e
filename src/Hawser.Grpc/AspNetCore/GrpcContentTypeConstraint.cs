using Hawser.Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Grpc.AspNetCore;

/// <summary>Lets only gRPC calls pass, so that other requests go on to whatever else the application serves.</summary>
internal sealed class GrpcContentTypeConstraint : IRouteConstraint
{
    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        GrpcContentType.TryParse(httpContext?.Request.ContentType, out _);
}
