using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

/// <summary>Headers as they would be sent.</summary>
internal readonly struct HeaderList() : IHeaderSink
{
    public List<(string Name, string Value)> Lines { get; } = [];

    public void Add(string name, string value) => Lines.Add((name, value));
}
