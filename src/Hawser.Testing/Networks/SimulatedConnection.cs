using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Testing;

/// <summary>The side of a link that has the network before it.</summary>
internal sealed class SimulatedConnection(SimulatedLink link) : TransportConnection
{
    /// <summary>How long what was written before the link was closed may take to be read.</summary>
    private static readonly TimeSpan MostLinger = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private SimulatedLane? firstLane;
    private Task? closing;

    public override string RemoteAddress => link.Inner.RemoteAddress;

    public override string LocalAddress => link.Inner.LocalAddress;

    public override string RemoteHost => link.Inner.RemoteHost;

    public override X509Certificate2? RemoteCertificate => link.Inner.RemoteCertificate;

    public override bool HasManyLanes => link.Inner.HasManyLanes;

    public override Lane FirstLane
    {
        get
        {
            lock (gate)
                return firstLane ??= link.Add(link.Inner.FirstLane);
        }
    }

    public override ValueTask HandshakeAsync(CancellationToken cancellationToken) => link.Inner.HandshakeAsync(cancellationToken);

    public override async ValueTask<Lane> OpenLaneAsync(CancellationToken cancellationToken) =>
        link.Add(await link.Inner.OpenLaneAsync(cancellationToken).ConfigureAwait(false));

    public override async ValueTask<Lane?> AcceptLaneAsync(CancellationToken cancellationToken) =>
        await link.Inner.AcceptLaneAsync(cancellationToken).ConfigureAwait(false) is { } lane ? link.Add(lane) : null;

    /// <summary>Closes this side. What is still on its way goes on, and the link ends after it; as with a system's sockets, nobody waits for that.</summary>
    public override ValueTask DisposeAsync()
    {
        lock (gate)
            closing ??= link.CloseAsync(MostLinger);
        return default;
    }
}
