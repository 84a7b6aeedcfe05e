namespace Hawser.Grpc.Protocol;

/// <summary>The forms that gRPC's protocol has.</summary>
internal enum GrpcForm
{
    /// <summary>gRPC over HTTP/2, with HTTP trailers.</summary>
    Http2,

    /// <summary>gRPC-Web: trailers are the last frame of the body.</summary>
    Web,

    /// <summary>gRPC-Web whose body is base64 text.</summary>
    WebText,
}
