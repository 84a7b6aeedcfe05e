using Hawser.Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Hawser.Grpc.Server;

/// <summary>Writes into the headers or the trailers of a response.</summary>
internal readonly struct ResponseHeaderSink(IHeaderDictionary headers) : IHeaderSink
{
    public void Add(string name, string value)
    {
        if (headers.TryGetValue(name, out var before))
            headers[name] = StringValues.Concat(before, value);
        else
            headers[name] = value;
    }
}
