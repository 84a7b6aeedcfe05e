using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Hawser.Grpc.Server;
using Hawser.Protobuf;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Reflection;

/// <summary>Gathers the schemas of endpoints: of contracts, of endpoints that know theirs, and of handlers whose messages are generated.</summary>
internal sealed class ServedSchemaBuilder(ILogger logger)
{
    private readonly SortedSet<string> services = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<Endpoint>> generated = new(StringComparer.Ordinal);
    private ProtoSchema schema = ProtoSchema.Empty;

    internal static ServedSchema Build(IEnumerable<GrpcRoute> routes, ILogger logger)
    {
        var builder = new ServedSchemaBuilder(logger);
        foreach (var route in routes)
            builder.Add(route);
        return builder.Finish();
    }

    private void Add(GrpcRoute route)
    {
        var service = ServiceOf(route.Method);
        services.Add(service);
        if (((route.Endpoint as IProtobufEndpoint)?.MethodSchema ?? route.Contract?.Schema) is { } declared)
        {
            Merge(() => declared.Service.File.Schema, service);
        }
        else if (DescriptorOf(route.Endpoint.RequestType) is not null || DescriptorOf(route.Endpoint.ResponseType) is not null)
        {
            if (!generated.TryGetValue(service, out var endpoints))
                generated.Add(service, endpoints = []);
            endpoints.Add(route.Endpoint);
        }
    }

    private ServedSchema Finish()
    {
        foreach (var (service, endpoints) in generated)
            Merge(() => SchemaOf(service, endpoints), service);
        return new ServedSchema([.. services], schema);
    }

    /// <exception cref="SchemaException">The files of the generated messages do not fit together.</exception>
    private static ProtoSchema SchemaOf(string service, List<Endpoint> endpoints)
    {
        var files = endpoints.SelectMany(static endpoint => new[] { DescriptorOf(endpoint.RequestType), DescriptorOf(endpoint.ResponseType) })
            .OfType<MessageDescriptor>().Select(static message => message.File).Distinct();
        var messages = ProtoSchema.FromGenerated(files);

        // Generated code holds its file whole, the service that was declared beside the messages included.
        return messages.FindService(service) is { } declared && endpoints.TrueForAll(endpoint => declared.FindMethod(MethodOf(endpoint.Method)) is not null)
            ? messages
            : Declare(service, endpoints, messages);
    }

    private void Merge(Func<ProtoSchema> added, string service)
    {
        try
        {
            schema = schema.Merge(added());
        }
        catch (SchemaException failure)
        {
            GrpcLog.SchemaDoesNotFit(logger, service, failure.Message);
        }
    }

    /// <summary>Declares a service whose handlers have generated messages, but whose own declaration is nowhere.</summary>
    private static ProtoSchema Declare(string service, List<Endpoint> endpoints, ProtoSchema messages)
    {
        var dot = service.LastIndexOf('.');
        var file = new FileDescriptorProto { Name = $"hawser/{service}.proto", Package = dot < 0 ? "" : service[..dot], Syntax = "proto3" };
        var declared = new ServiceDescriptorProto { Name = service[(dot + 1)..] };
        var imports = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
        {
            declared.Method.Add(new MethodDescriptorProto
            {
                Name = MethodOf(endpoint.Method),
                InputType = "." + TypeOf(endpoint.RequestType, endpoint.Method.Request, imports),
                OutputType = "." + TypeOf(endpoint.ResponseType, endpoint.Method.Response, imports),
                ClientStreaming = endpoint.Method.Request > Body.Message,
                ServerStreaming = endpoint.Method.Response > Body.Message,
            });
        }

        file.Service.Add(declared);
        file.Dependency.AddRange(imports);
        return ProtoSchema.FromFiles(messages.Files.Select(static known => FileDescriptorProto.Parser.ParseFrom(known.Serialized.Span)).Append(file));
    }

    private static string TypeOf(Type? type, Body body, SortedSet<string> imports)
    {
        var message = DescriptorOf(type)
            ?? (body == Body.Empty ? Google.Protobuf.WellKnownTypes.Empty.Descriptor : Google.Protobuf.WellKnownTypes.BytesValue.Descriptor);
        imports.Add(message.File.Name);
        return message.FullName;
    }

    private static MessageDescriptor? DescriptorOf(Type? type) =>
        type is not null && typeof(IMessage).IsAssignableFrom(type)
            ? type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as MessageDescriptor
            : null;

    private static string ServiceOf(Method method) => method.FullName[..method.FullName.IndexOf('/', StringComparison.Ordinal)];

    private static string MethodOf(Method method) => method.FullName[(method.FullName.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
