using Hawser.Cli.Parsing;
using Hawser.Grpc;
using Hawser.Protobuf;
using Hawser.Transports;

namespace Hawser.Cli.Grpc;

/// <summary>Makes channels that speak gRPC. Only who has such an address comes here, so that others do not wait for it to be loaded.</summary>
internal static class GrpcChannels
{
    /// <summary>Options of a channel that has one connection, so that a bench has as many as its user said.</summary>
    /// <param name="transport">Certificates and the like.</param>
    /// <param name="interceptors">What sees every call.</param>
    /// <param name="limits">What a connection may cost.</param>
    /// <param name="isJson">Whether messages are JSON where a method does not say.</param>
    public static HawserChannelOptions CreateOptions(ClientTransportOptions transport, IReadOnlyList<IClientInterceptor> interceptors, ConnectionLimits limits, bool isJson) => new()
    {
        Codec = isJson ? JsonCodec.Default : new ProtobufCodec(other: null),
        Interceptors = interceptors,
        Limits = limits,
        Reconnect = ConnectSettings.Reconnect,
        Transport = transport,
        Wires = [new GrpcWire { Client = new GrpcClientOptions { MaxConnections = 1 } }],
    };
}
