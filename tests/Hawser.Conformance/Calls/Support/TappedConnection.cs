using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Conformance.Calls;

/// <summary>One side of a link, with a hand on it.</summary>
public sealed class TappedConnection(TransportConnection inner, bool hidesLanes) : TransportConnection
{
    private TappedLane? _firstLane;

    public override string RemoteAddress => inner.RemoteAddress;

    public override string LocalAddress => inner.LocalAddress;

    public override string RemoteHost => inner.RemoteHost;

    public override X509Certificate2? RemoteCertificate => inner.RemoteCertificate;

    public override Lane FirstLane => _firstLane ??= new TappedLane(inner.FirstLane, this);

    public override bool HasManyLanes => !hidesLanes && inner.HasManyLanes;

    /// <summary>How many more bytes this side lets out before it ends all its lanes, in the middle of whatever they are.</summary>
    public long? BytesUntilEnd { get; set; }

    /// <summary>Whether what this side writes is swallowed, as by a network that has gone.</summary>
    public bool IsSilent { get; set; }

    public override ValueTask HandshakeAsync(CancellationToken cancellationToken) => inner.HandshakeAsync(cancellationToken);

    public override async ValueTask<Lane> OpenLaneAsync(CancellationToken cancellationToken) =>
        new TappedLane(await inner.OpenLaneAsync(cancellationToken), this);

    public override async ValueTask<Lane?> AcceptLaneAsync(CancellationToken cancellationToken) =>
        await inner.AcceptLaneAsync(cancellationToken) is { } lane ? new TappedLane(lane, this) : null;

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    public override ValueTask CloseAsync(long code) => inner.CloseAsync(code);

    /// <summary>Kills the link, as when a cable is pulled or a process dies.</summary>
    public async Task CutAsync()
    {
        inner.FirstLane.Abort(0);
        await inner.DisposeAsync();
    }
}
