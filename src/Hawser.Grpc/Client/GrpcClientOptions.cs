namespace Hawser.Grpc;

/// <summary>How a <see cref="GrpcWire"/> makes calls.</summary>
public sealed class GrpcClientOptions;
