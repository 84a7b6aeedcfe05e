using Hawser.Conformance.Transports;
using Hawser.Grpc;

namespace Hawser.Conformance.Calls;

/// <summary>gRPC without TLS. Its links are those of TCP.</summary>
public sealed class GrpcWireUnderTest() : WireUnderTest(new Tcp())
{
    public override string FreeAddress => "grpc://127.0.0.1:0";

    public override IReadOnlyList<Wire> Wires { get; } = [new GrpcWire { Client = new GrpcClientOptions { MaxConnections = 1 } }];
}
