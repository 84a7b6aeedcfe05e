namespace Hawser;

/// <summary>What an endpoint can tell about its handler.</summary>
/// <param name="Signature">The handler's signature; its method names the codec.</param>
/// <param name="Metadata">The attributes of the handler.</param>
/// <param name="RequestSchema">Makes the JSON Schema of the request's messages, when somebody asks.</param>
/// <param name="ResponseSchema">Makes the JSON Schema of the response's messages, when somebody asks.</param>
internal sealed record HandlerDescription(MethodSignature Signature, IReadOnlyList<object> Metadata, Func<string?> RequestSchema, Func<string?> ResponseSchema);
