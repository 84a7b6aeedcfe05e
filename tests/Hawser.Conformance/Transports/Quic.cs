using System.Net.Quic;
using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>QUIC with the same certificates as TLS. Where the native library is missing, each test skips and says why.</summary>
public sealed class Quic : TransportUnderTest
{
    private readonly Tls _tls = new();

    public override string FreeAddress => "quic://127.0.0.1:0";

    public override ServerTransportOptions ServerOptions => _tls.ServerOptions;

    public override ClientTransportOptions ClientOptions => _tls.ClientOptions;

    public override void SkipWhereMissing() =>
        Assert.SkipUnless(QuicListener.IsSupported, QuicSupport.OfThisMachine.Missing("quic://").Message);

    /// <summary>A stream is seen by its peer once bytes come: the wire sends its preface at once, these tests a byte.</summary>
    public override async Task<Link> LinkAsync(TransportListener listener)
    {
        var link = await base.LinkAsync(listener);
        await link.ClientLane.WriteAsync(new byte[1]);
        await link.ServerLane.ReadExactlyAsync(1);
        return link;
    }

    public override void Dispose()
    {
        _tls.Dispose();
        base.Dispose();
    }
}
