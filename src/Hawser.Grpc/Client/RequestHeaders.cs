using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>A request's headers; what HTTP counts to its content goes there.</summary>
internal readonly struct RequestHeaders(HttpRequestMessage request) : IHeaderSink
{
    public void Add(string name, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(name, value))
            request.Content!.Headers.TryAddWithoutValidation(name, value);
    }
}
