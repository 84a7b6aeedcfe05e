using System.Net.Http.Headers;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>How a response ended, once its body has.</summary>
internal readonly struct ResponseTrailers
{
    private ResponseTrailers(Status status, Metadata metadata)
    {
        Status = status;
        Metadata = metadata;
    }

    internal Status Status { get; }

    internal Metadata Metadata { get; }

    /// <summary>Reads the trailers of a response whose body has been read to its end.</summary>
    internal static ResponseTrailers Read(HttpResponseMessage response, GrpcMethod method, string peer, int maxMetadataSize)
    {
        var reader = new StatusReader(maxMetadataSize);
        foreach (var trailer in response.TrailingHeaders.NonValidated)
            AddTo(ref reader, trailer);
        var status = reader.ToStatus() ?? new Status(
            StatusCode.Unknown, $"{peer} ended the call of '{method.Method}' without a status ('{HeaderNames.Status}'); it, or a proxy between, does not keep to gRPC.");
        return new ResponseTrailers(status, reader.Metadata);
    }

    internal static void AddTo(ref StatusReader reader, in KeyValuePair<string, HeaderStringValues> header)
    {
        foreach (var value in header.Value)
            reader.Add(header.Key, value);
    }

    internal static void AddTo(ref MetadataReader reader, in KeyValuePair<string, HeaderStringValues> header)
    {
        foreach (var value in header.Value)
            reader.Add(header.Key, value);
    }
}
