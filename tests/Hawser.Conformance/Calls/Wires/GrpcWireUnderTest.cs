using Hawser.Conformance.Transports;
using Hawser.Grpc;

namespace Hawser.Conformance.Calls;

/// <summary>gRPC without TLS, over one connection, as tests count and cut connections. Its links are those of TCP.</summary>
public sealed class GrpcWireUnderTest() : WireUnderTest(new Tcp())
{
    public override string FreeAddress => "grpc://127.0.0.1:0";

    public override bool CallsBack => false;

    public override bool TellsKinds => false;

    public override bool KeepsMetadataInOrder => false;

    public override bool DeliversWhatAResetFollows => false;

    public override bool HasOwnFlowControl => false;

    public override bool Acknowledges => false;

    public override bool Pings => false;

    public override bool HasConnectionMetadata => false;

    public override bool ReconnectsByItself => false;

    public override string TransportAddress(string address) => address.Replace("grpc://", "tcp://", StringComparison.Ordinal);

    public override IReadOnlyList<Wire> Wires { get; } = [new GrpcWire { Client = new GrpcClientOptions { MaxConnections = 1 } }];
}
