using System.Net;
using Hawser.Transports;

namespace Hawser.Frames;

/// <summary>Where a channel of the Hawser wire connects to.</summary>
/// <param name="Transport">What carries the bytes.</param>
/// <param name="Uri">The address.</param>
/// <param name="Options">Certificates and the like.</param>
internal sealed record FrameAddress(Transport Transport, Uri Uri, ClientTransportOptions Options)
{
    /// <summary>The address, for people.</summary>
    public string Text => Uri.Port > 0 ? TcpSockets.Text(Uri) : Uri.OriginalString;

    /// <summary>Whether its host is a name, which stands for one or several machines.</summary>
    public bool HasName => Transport.HasHosts && !IPAddress.TryParse(Uri.Host, out _);

    /// <summary>The same server at one of its host's addresses. Its certificate is still to have the host's name.</summary>
    public FrameAddress At(IPAddress host) =>
        new(Transport, new Uri($"{Uri.Scheme}://{new IPEndPoint(host, Uri.Port)}"), Options.For(Uri.IdnHost));
}
