using Hawser.Protobuf;

namespace Hawser.Grpc;

/// <summary>How a <see cref="GrpcWire"/> serves calls; all have defaults. What every wire has in common stands in <see cref="HawserServerOptions"/>.</summary>
public sealed class GrpcServerOptions
{
    /// <summary>
    /// How responses are compressed for callers that accept it: <c>gzip</c> or <c>deflate</c>. Null, the default, sends them as they are. A message written with
    /// <see cref="WriteFlags.NoCompress"/> is never compressed. What callers send is decompressed in any case.
    /// </summary>
    /// <exception cref="ArgumentException">The compression is not known.</exception>
    public string? Compression
    {
        get;
        init => field = Protocol.Compression.TryFind(value, out _)
            ? value
            : throw new ArgumentException($"The compression '{value}' is not known; known are {Protocol.Compression.Accepted}.", nameof(value));
    }

    /// <summary>
    /// Contracts for handlers whose messages are not protobuf; none by default. Where one declares a method that such a handler answers, protobuf callers are served as well:
    /// a message is turned into the JSON that the handler reads, and its JSON into a message. Raw bytes and octets travel in messages with one field of type <c>bytes</c>.
    /// A contract that does not fit its endpoint is left out, with a warning in the log.
    /// </summary>
    public IReadOnlyList<ProtoSchema> Contracts { get; init; } = [];

    /// <summary>
    /// What is told to those who ask for the server's health, by the service <c>grpc.health.v1.Health</c>. Everything that is served is healthy unless set otherwise. Null
    /// serves no health.
    /// </summary>
    public ServerHealth? Health { get; init; } = new();

    /// <summary>Which web pages of other origins may call by gRPC-Web; null, the default, for none.</summary>
    public GrpcCors? Cors { get; init; }
}
