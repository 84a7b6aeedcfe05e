using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hawser;

/// <summary>Lets callers list and describe the endpoints of a registry: <c>hawser.Reflection/List</c> and <c>hawser.Reflection/Describe</c>.</summary>
/// <remarks>Both speak JSON, whatever the registry's codec.</remarks>
internal static class ReflectionEndpoints
{
    internal const string ListName = "hawser.Reflection/List";
    internal const string DescribeName = "hawser.Reflection/Describe";

    private const int MaxSuggestions = 3;

    /// <exception cref="ArgumentException">The names are taken.</exception>
    internal static void AddTo(EndpointRegistry registry)
    {
        // Their own registry makes the endpoints, as it is JSON that tools speak.
        var json = new EndpointRegistry(JsonCodec.Default);
        json.Map(ListName, () => List(registry));
        json.Map(DescribeName, (DescribeRequest request) => Describe(registry, request));
        registry.AddAll([.. json]);
    }

    private static ListReply List(EndpointRegistry registry) => new([.. registry.Select(Summarise)]);

    private static DescribeReply Describe(EndpointRegistry registry, DescribeRequest request)
    {
        if (string.IsNullOrEmpty(request.Method))
            throw new RpcException(StatusCode.InvalidArgument, "Describe needs the full name of a method: {\"method\":\"package.Service/Method\"}.");
        if (registry.Find(request.Method) is not { } endpoint)
            throw new RpcException(StatusCode.NotFound, $"No method is called '{request.Method}'.{Suggest(registry, request.Method)}");
        var (requestSchema, responseSchema) = endpoint.GetSchemas();
        var summary = Summarise(endpoint);
        return new DescribeReply(
            summary.Name, summary.Kind, summary.Request, summary.Response, summary.Codec, Parse(requestSchema), Parse(responseSchema));
    }

    private static string Suggest(EndpointRegistry registry, string name)
    {
        var nearest = ReflectionSuggestions.Of(name, registry.Select(endpoint => endpoint.Method.FullName), MaxSuggestions);
        return nearest.Count == 0 ? "" : $" Nearest: {string.Join(", ", nearest.Select(near => $"'{near}'"))}.";
    }

    private static MethodSummary Summarise(Endpoint endpoint) => new(
        endpoint.Method.FullName,
        CamelCase(endpoint.Method.Kind.ToString()),
        CamelCase(endpoint.Method.Request.ToString()),
        CamelCase(endpoint.Method.Response.ToString()),
        endpoint.Method.Codec);

    private static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static JsonNode? Parse(string? schema) => schema is null ? null : JsonNode.Parse(schema);

    internal sealed record MethodSummary(string Name, string Kind, string Request, string Response, string? Codec);

    internal sealed record ListReply(IReadOnlyList<MethodSummary> Methods);

    internal sealed record DescribeRequest(string? Method);

    internal sealed record DescribeReply(
        string Name, string Kind, string Request, string Response, string? Codec, JsonNode? RequestSchema, JsonNode? ResponseSchema);
}
