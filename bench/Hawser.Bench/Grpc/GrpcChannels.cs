using Hawser.Grpc;

namespace Hawser.Bench.Grpc;

/// <summary>How the measurements connect over gRPC.</summary>
internal static class GrpcChannels
{
    /// <summary>Messages are raw bytes; the codec's name is what the peer calls them.</summary>
    public static HawserChannelOptions Options { get; } = new() { Wires = [new GrpcWire()], Codec = new RawCodecName() };

    /// <summary>Only gives raw messages the content type <c>application/grpc+raw</c>, which the peer insists on.</summary>
    private sealed class RawCodecName : Codec
    {
        public override string Name => "raw";

        public override MessageCodec<T> For<T>() => throw new NotSupportedException($"The measurements send raw bytes only, not {typeof(T)}.");
    }
}
