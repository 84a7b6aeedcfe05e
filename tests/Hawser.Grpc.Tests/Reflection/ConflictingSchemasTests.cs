using Google.Protobuf;
using Google.Protobuf.Reflection;
using Hawser.Grpc.Reflection;
using Hawser.Grpc.Server;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Grpc.Tests.Reflection;

/// <summary>Generated messages that cannot be told of together.</summary>
public sealed class ConflictingSchemasTests
{
    [Fact]
    public void A_service_whose_messages_do_not_fit_together_does_not_keep_the_others_from_being_told_of()
    {
        var served = ServedSchemaBuilder.Build([RouteOf<First, Second>("odd.Service/Do"), RouteOf<First, First>("sound.Service/Do")], NullLogger.Instance);

        Assert.Equal(["odd.Service", "sound.Service"], served.Services);
        Assert.Null(served.Schema.FindService("odd.Service"));
        Assert.NotNull(served.Schema.FindService("sound.Service"));
    }

    private static GrpcRoute RouteOf<TRequest, TResponse>(string method)
    {
        var endpoint = new Silent(new Method(method) { Codec = "proto" }, typeof(TRequest), typeof(TResponse));
        return new GrpcRoute(endpoint, endpoint.InvokeAsync, contract: null);
    }

    /// <summary>The same message, declared in a file of the given name.</summary>
    private static MessageDescriptor Declare(string file)
    {
        var proto = new FileDescriptorProto { Name = file, Package = "same", Syntax = "proto3", MessageType = { new DescriptorProto { Name = "Name" } } };
        return FileDescriptor.BuildFromByteStrings([proto.ToByteString()])[0].MessageTypes[0];
    }

    private sealed class Silent(Method method, Type request, Type response) : Endpoint(method)
    {
        public override Type? RequestType => request;

        public override Type? ResponseType => response;

        public override ValueTask InvokeAsync(ServerCall call) => default;
    }

    private abstract class Message : IMessage
    {
        MessageDescriptor IMessage.Descriptor => throw new NotSupportedException();

        public int CalculateSize() => 0;

        public void MergeFrom(CodedInputStream input)
        {
        }

        public void WriteTo(CodedOutputStream output)
        {
        }
    }

    private sealed class First : Message
    {
        public static MessageDescriptor Descriptor { get; } = Declare("first.proto");
    }

    private sealed class Second : Message
    {
        public static MessageDescriptor Descriptor { get; } = Declare("second.proto");
    }
}
