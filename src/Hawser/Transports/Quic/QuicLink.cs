using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Transports;

/// <summary>A link over QUIC, of either side. The first lane is the first bidirectional stream that the connecting side opens.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class QuicLink : TransportConnection
{
    /// <summary>How long a side that has ended its lane waits for the peer to have read it. The peer's process may be gone.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly QuicConnection connection;
    private readonly bool isInitiator;
    private readonly AwaitedLane awaited = new();
    private readonly Lock gate = new();
    private readonly Task firstLaneComes;
    private QuicLane? first;
    private Task? disposal;

    /// <summary>Takes a connection whose own handshake is done.</summary>
    public QuicLink(QuicConnection connection, bool isInitiator)
    {
        this.connection = connection;
        this.isInitiator = isInitiator;

        // A certificate that nobody has read by then is disposed with the connection.
        RemoteCertificate = connection.RemoteCertificate as X509Certificate2;
        firstLaneComes = SetFirstLaneAsync();
    }

    public override string RemoteAddress => Text(connection.RemoteEndPoint);

    public override string LocalAddress => Text(connection.LocalEndPoint);

    public override string RemoteHost => Unmapped(connection.RemoteEndPoint).Address.ToString();

    public override X509Certificate2? RemoteCertificate { get; }

    public override Lane FirstLane => Volatile.Read(ref first) ?? (Lane)awaited;

    public override bool HasManyLanes => true;

    // The accepting side does not wait: it learns of the first lane with the bytes that follow.
    public override ValueTask HandshakeAsync(CancellationToken cancellationToken) =>
        isInitiator ? new ValueTask(firstLaneComes.WaitAsync(cancellationToken)) : default;

    public override async ValueTask<Lane> OpenLaneAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stream = await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional, cancellationToken).ConfigureAwait(false);
            return new QuicLane(stream, RemoteAddress);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            throw QuicFailure.Cut(RemoteAddress, exception);
        }
    }

    public override async ValueTask<Lane?> AcceptLaneAsync(CancellationToken cancellationToken)
    {
        try
        {
            await firstLaneComes.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new QuicLane(await connection.AcceptInboundStreamAsync(cancellationToken).ConfigureAwait(false), RemoteAddress);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception) || exception is IOException)
        {
            return null;
        }
    }

    public override ValueTask DisposeAsync() => CloseAsync(first?.AbortCode ?? 0);

    public override ValueTask CloseAsync(long code)
    {
        lock (gate)
        {
            return new ValueTask(disposal ??= CloseCoreAsync(code));
        }
    }

    private async Task CloseCoreAsync(long code)
    {
        awaited.Fail(new IOException($"The link to {RemoteAddress} was closed by this side."));
        if (first is { WritesCompleted: true } lane)
            await DeliverAsync(lane).ConfigureAwait(false);
        try
        {
            await connection.CloseAsync(code).ConfigureAwait(false);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            // The peer was faster.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Lets what was written arrive: closing a QUIC connection throws away what the peer has received and not read. A peer that ended its side after this one did
    /// has read everything, or wants to read no more; any other closes the link when it has.
    /// </summary>
    private async Task DeliverAsync(QuicLane lane)
    {
        if (lane.HasEnded && !lane.EndedBeforeWrites)
            return;
        if (!lane.HasEnded)
            lane.StopReading();
        using var timeout = new CancellationTokenSource(CloseTimeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, lane.PeerAborted);
        try
        {
            // Lanes that still come are for nobody; what matters is that there come no more.
            while (true)
                _ = (await connection.AcceptInboundStreamAsync(either.Token).ConfigureAwait(false)).DisposeAsync().AsTask();
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception) || exception is OperationCanceledException)
        {
            // The peer has closed the link, or does not read any more, or has had its time.
        }
    }

    private async Task SetFirstLaneAsync()
    {
        try
        {
            var stream = isInitiator
                ? await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional).ConfigureAwait(false)
                : await connection.AcceptInboundStreamAsync().ConfigureAwait(false);
            var lane = new QuicLane(stream, RemoteAddress);
            Volatile.Write(ref first, lane);
            awaited.SetLane(lane);
            _ = LeaveAsync(lane);
        }
        catch (Exception exception) when (QuicFailure.IsEnd(exception))
        {
            var failure = QuicFailure.Cut(RemoteAddress, exception);
            awaited.Fail(failure);
            throw failure;
        }
    }

    /// <summary>A peer that has ended its side and reads no more waits only for its end to be read.</summary>
    private async Task LeaveAsync(QuicLane lane)
    {
        await lane.Over.ConfigureAwait(false);
        if (lane is { HasEnded: true, IsUnwanted: true })
            await DisposeAsync().ConfigureAwait(false);
    }

    private static string Text(IPEndPoint endPoint) => $"quic://{Unmapped(endPoint)}";

    // A listener for both families shows IPv4 peers as IPv6 ones; limits and people want the plain form.
    private static IPEndPoint Unmapped(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;
}
