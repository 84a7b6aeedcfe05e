using System.Net;

namespace Hawser.Grpc.Client;

/// <summary>A request of many messages, sent while the response is read.</summary>
internal sealed class MessagesContent(RequestBody body) : HttpContent, IRequestContent
{
    void IRequestContent.MarkTaken() => body.MarkTaken();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        body.SendToAsync(stream, cancellationToken);
}
