using System.Linq.Expressions;
using System.Reflection;

namespace Hawser;

/// <summary>Makes the endpoint of a handler. All reflection happens here, once.</summary>
/// <param name="signature">The handler's signature.</param>
/// <param name="metadata">Its attributes.</param>
/// <param name="invoke">Makes the expression that runs it, from the call and its arguments.</param>
/// <param name="codec">How its messages are encoded.</param>
internal sealed class HandlerEndpointFactory(
    MethodSignature signature, IReadOnlyList<object> metadata, Func<Expression, IEnumerable<Expression>, Expression> invoke, Codec codec)
{
    /// <exception cref="ArgumentException">The codec cannot carry one of the types.</exception>
    internal HandlerEndpoint Create()
    {
        var method = signature.Method;
        try
        {
            if (method is { Request: <= Body.Message, Response: <= Body.Message })
                return (HandlerEndpoint)Call(nameof(CreateUnary), signature.RequestType, signature.ResponseType);
            var (reader, requestCodec) = ((object, ICodecDescription))Call(nameof(CreateReader), signature.RequestType);
            var (writer, responseCodec) = ((object, ICodecDescription))Call(nameof(CreateWriter), signature.ResponseType);
            var requestType = method.Request == Body.Stream ? typeof(IAsyncEnumerable<>).MakeGenericType(signature.RequestType) : signature.RequestType;
            return (HandlerEndpoint)Call(nameof(CreateStreaming), [requestType, signature.ResultType], Describe(requestCodec, responseCodec), reader, writer);
        }
        catch (NotSupportedException failure)
        {
            throw new ArgumentException($"'{method.FullName}' cannot be served: {failure.Message}", failure);
        }
    }

    private UnaryEndpoint<TRequest, TReply> CreateUnary<TRequest, TReply>()
    {
        var requestCodec = MessageCodecs.For<TRequest>(codec, MessageOwnership.UnaryRequest);
        var replyCodec = MessageCodecs.For<TReply>(codec, MessageOwnership.Owned);
        var description = Describe(new CodecDescription<TRequest>(requestCodec), new CodecDescription<TReply>(replyCodec));
        return new UnaryEndpoint<TRequest, TReply>(description, HandlerCompiler.Compile<TRequest, TReply>(signature, invoke), requestCodec, replyCodec);
    }

    private StreamingEndpoint<TRequest, TResult> CreateStreaming<TRequest, TResult>(HandlerDescription description, object reader, object writer) =>
        new(description, HandlerCompiler.Compile<TRequest, TResult>(signature, invoke), (RequestReader<TRequest>)reader, (ResponseWriter<TResult>)writer);

    private (object Reader, ICodecDescription Codec) CreateReader<T>()
    {
        // What is unary is made elsewhere; a request that octets follow would not outlast them.
        var ownership = signature.Method.Request == Body.MessageAndOctets ? MessageOwnership.Owned : MessageOwnership.StreamItem;
        var requestCodec = MessageCodecs.For<T>(codec, ownership);
        var decoder = new RequestDecoder<T>(signature, requestCodec);
        object reader = signature.Method.Request switch
        {
            Body.Message => new OneRequestReader<T>(decoder, octetsFollow: false),
            Body.MessageAndOctets => new OneRequestReader<T>(decoder, octetsFollow: true),
            Body.Stream => new RequestStreamReader<T>(signature.Method, decoder),
            _ => new NoRequestReader(),
        };
        return (reader, new CodecDescription<T>(requestCodec));
    }

    private (object Writer, ICodecDescription Codec) CreateWriter<T>()
    {
        var replyCodec = MessageCodecs.For<T>(codec, MessageOwnership.Owned);
        var method = signature.Method;
        var result = signature.ResultType;
        var writer = method.Response switch
        {
            Body.Message => new OneResponseWriter<T>(replyCodec),
            Body.Stream => Create(typeof(ResponseStreamWriter<,>), [result, typeof(T)], method, replyCodec),
            Body.Octets when result != typeof(Empty) => Create(typeof(ResponseOctetsWriter<>), [result], method),
            Body.MessageAndOctets => Create(typeof(ReplyAndOctetsWriter<,>), result.GetGenericArguments(), method, replyCodec),
            _ => new NoResponseWriter(),
        };
        return (writer, new CodecDescription<T>(replyCodec));
    }

    private HandlerDescription Describe(ICodecDescription request, ICodecDescription response) =>
        new(
            signature with { Method = signature.Method with { Codec = MessageCodecs.NameFor(codec, signature.RequestType, signature.ResponseType) } },
            metadata,
            request.GetSchema,
            response.GetSchema);

    private object Call(string name, params Type[] types) => Call(name, types, []);

    private object Call(string name, Type[] types, params object[] arguments) =>
        typeof(HandlerEndpointFactory).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Instance)!.MakeGenericMethod(types)
            .Invoke(this, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;

    private static object Create(Type definition, Type[] types, params object[] arguments) =>
        Activator.CreateInstance(
            definition.MakeGenericType(types), BindingFlags.Public | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;

    private interface ICodecDescription
    {
        string? GetSchema();
    }

    private sealed class CodecDescription<T>(MessageCodec<T> messages) : ICodecDescription
    {
        public string? GetSchema() => messages.GetSchema();
    }
}
