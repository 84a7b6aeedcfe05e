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
}
