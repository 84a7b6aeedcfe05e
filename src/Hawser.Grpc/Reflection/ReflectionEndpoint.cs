using System.Buffers;
using Google.Protobuf;
using Hawser.Grpc.Protocol;
using Hawser.Protobuf;
using Hawser.Protobuf.Reflection;

namespace Hawser.Grpc.Reflection;

/// <summary>Answers gRPC server reflection about everything that is served. Both versions have the same messages.</summary>
/// <param name="service">The full name of the service: <c>grpc.reflection.v1.ServerReflection</c> or that of <c>v1alpha</c>.</param>
/// <param name="served">What is served now.</param>
internal sealed class ReflectionEndpoint(string service, Func<ServedSchema> served)
    : Endpoint(new Method($"{service}/{ServerReflection.MethodName}", Body.Stream, Body.Stream) { Codec = GrpcContentType.ProtobufCodec })
{
    public override Type? RequestType => typeof(ServerReflectionRequest);

    public override Type? ResponseType => typeof(ServerReflectionResponse);

    public override async ValueTask InvokeAsync(ServerCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        while (await call.ReadAsync().ConfigureAwait(false))
        {
            var response = Answer(Parse(call.Message));
            await call.WriteAsync(new ReadOnlySequence<byte>(response.ToByteArray())).ConfigureAwait(false);
        }

        await call.FinishAsync(Status.Ok).ConfigureAwait(false);
    }

    private ServerReflectionResponse Answer(ServerReflectionRequest request)
    {
        var (services, schema) = served();
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse { Service = { services.Select(static name => new ServiceResponse { Name = name }) } };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AddFile(response, schema.FindFile(request.FileByFilename), "file", request.FileByFilename);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                AddFile(response, schema.FindFileOf(request.FileContainingSymbol), "symbol", request.FileContainingSymbol);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                AddExtension(response, schema, request.FileContainingExtension);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                AddExtensionNumbers(response, schema, request.AllExtensionNumbersOfType);
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "The request asks nothing that is known here.");
                break;
        }

        return response;
    }

    private static void AddFile(ServerReflectionResponse response, FileSchema? file, string kind, string name)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"No {kind} '{name}' is known here.");
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<FileSchema>([file]);
        while (waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next.Name))
                continue;
            response.FileDescriptorResponse.FileDescriptorProto.Add(UnsafeByteOperations.UnsafeWrap(next.Serialized));
            foreach (var dependency in next.Dependencies)
                waiting.Enqueue(dependency);
        }
    }

    private static void AddExtension(ServerReflectionResponse response, ProtoSchema schema, ExtensionRequest request)
    {
        var extension = schema.FindMessage(request.ContainingType) is { } extended ? schema.FindExtension(extended, request.ExtensionNumber) : null;
        AddFile(response, extension?.File, "extension", $"{request.ExtensionNumber} of {request.ContainingType}");
    }

    private static void AddExtensionNumbers(ServerReflectionResponse response, ProtoSchema schema, string type)
    {
        if (schema.FindMessage(type) is not { } extended)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, $"No message '{type}' is known here.");
            return;
        }

        response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = type };
        response.AllExtensionNumbersResponse.ExtensionNumber.AddRange(schema.FindExtensions(extended).Select(static extension => extension.Number));
    }

    private static ErrorResponse Error(StatusCode code, string text) => new() { ErrorCode = (int)code, ErrorMessage = text };

    private static ServerReflectionRequest Parse(in ReadOnlySequence<byte> message)
    {
        try
        {
            return ServerReflectionRequest.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException failure)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The request is no reflection request: {failure.Message}"), trailers: null, failure);
        }
    }
}
