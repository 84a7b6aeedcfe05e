using System.Net.Security;

namespace Hawser.Grpc.Client;

/// <summary>TLS over a link, which is found again by it: HTTP hands nothing else back.</summary>
internal sealed class TlsOverLink(GrpcLink link) : SslStream(link, leaveInnerStreamOpen: false)
{
    internal GrpcLink Link => link;
}
