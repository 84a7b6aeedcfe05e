namespace Hawser;

/// <summary>A handler behind its compiled signature: no reflection, no boxing.</summary>
/// <typeparam name="TRequest">What it takes besides octets: a message, an <see cref="IAsyncEnumerable{T}"/>, or <see cref="Empty"/>.</typeparam>
/// <typeparam name="TResult">What it returns, without its task; <see cref="Empty"/> for nothing.</typeparam>
internal delegate ValueTask<TResult> Handler<in TRequest, TResult>(TRequest request, ServerCall call, CallContext? context);

/// <summary>What all endpoints made from a handler's signature share.</summary>
internal abstract class HandlerEndpoint : Endpoint
{
    private readonly HandlerDescription description;

    private protected HandlerEndpoint(HandlerDescription description)
        : base(description.Signature.Method)
    {
        this.description = description;
        WantsContext = description.Signature.Has(ParameterRole.Context);
    }

    public sealed override Type? RequestType => NotEmpty(description.Signature.RequestType);

    public sealed override Type? ResponseType => NotEmpty(description.Signature.ResponseType);

    public sealed override IReadOnlyList<object> Metadata => description.Metadata;

    private protected bool WantsContext { get; }

    public sealed override (string? Request, string? Response) GetSchemas() => (description.RequestSchema(), description.ResponseSchema());

    /// <summary>Refuses a caller whose messages this endpoint's codec cannot read. Raw bodies are read whatever the caller speaks.</summary>
    private protected void CheckCodec(ServerCall call)
    {
        if (Method.Codec is { } expected && !string.Equals(call.Codec, expected, StringComparison.Ordinal))
        {
            throw new RpcException(
                StatusCode.InvalidArgument,
                $"'{Method.FullName}' speaks the codec '{expected}', and the call came in '{call.Codec}'; give the caller's channel the codec '{expected}'.");
        }
    }

    private static Type? NotEmpty(Type type) => type == typeof(Empty) ? null : type;
}
