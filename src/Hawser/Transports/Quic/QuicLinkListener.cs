using System.Net.Quic;
using System.Runtime.Versioning;

namespace Hawser.Transports;

/// <summary>Waits for links over QUIC. Handshakes go on beside each other before a link is accepted, so that a silent client delays nobody.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class QuicLinkListener(QuicListener listener, Uri address) : TransportListener
{
    private volatile bool disposed;

    public override Uri Address => address;

    public override async ValueTask<TransportConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new QuicLink(await listener.AcceptConnectionAsync(cancellationToken).ConfigureAwait(false), isInitiator: false);
            }
            catch (Exception exception) when (disposed && QuicFailure.IsEnd(exception))
            {
                return null;
            }
            catch (Exception exception) when (exception is not ObjectDisposedException && QuicFailure.IsEnd(exception))
            {
                // The handshake of one link has failed; its peer has been told.
            }
        }
    }

    public override ValueTask DisposeAsync()
    {
        disposed = true;
        return listener.DisposeAsync();
    }
}
