using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>Has Kestrel's connections obey the server's limits and callbacks.</summary>
/// <remarks>
/// A client that is refused is served all the same, so that it learns why: each of its calls ends with the reason, and after the first the connection is closed. Nothing less works for every gRPC client,
/// for few show what a GOAWAY says.
/// </remarks>
internal sealed class GrpcConnectionGate(ServerConnections connections, GrpcServerSettings settings)
{
    /// <summary>Takes a place for a connection, before its TLS. Above the rate it waits, and takes its place meanwhile: so many may wait.</summary>
    internal async Task AdmitAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var remoteHost = (context.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
        using var place = connections.Admission.TryEnter(remoteHost, out var refusal);
        if (place is null)
        {
            await RefuseAsync(context, refusal!, next).ConfigureAwait(false);
            return;
        }

        if (connections.AcceptRate is { } rate)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed, settings.Draining);
            try
            {
                await rate.TakeAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                return;
            }
        }

        // Without callbacks there is nothing more to be asked.
        context.Features.GetRequiredFeature<GrpcServerConnection>().IsActive = !connections.Lifecycle.HasCallbacks;
        await next(context).ConfigureAwait(false);
    }

    /// <summary>Asks whether a connection shall be served, once its client has shown that it speaks HTTP.</summary>
    internal async Task OpenAsync(ConnectionContext context, ConnectionDelegate next)
    {
        var connection = context.Features.GetRequiredFeature<GrpcServerConnection>();
        if (connection.Refusal is not null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var lifecycle = connections.Lifecycle;
        var verdict = lifecycle.HasCallbacks ? await DecideAsync(context, connection).ConfigureAwait(false) : Status.Ok;
        try
        {
            if (verdict.IsOk)
                await ServeAsync(context, connection, next).ConfigureAwait(false);
            else if (connections.TryBeginRefusal(connection.RemoteAddress, verdict))
            {
                await TellAsync(context, connection, verdict, next).ConfigureAwait(false);
            }
        }
        finally
        {
            // Kestrel's connection need not wait for handlers that run on beyond their calls; the close callback does.
            _ = EndAsync(connection, isAccepted: verdict.IsOk);
        }
    }

    private static async Task ServeAsync(ConnectionContext context, GrpcServerConnection connection, ConnectionDelegate next)
    {
        connection.IsActive = true;
        ConnectionMetrics.Opened(Tracing.GrpcSystem, isClient: false, connection.LocalAddress);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            ConnectionMetrics.Ended(Tracing.GrpcSystem, isClient: false, connection.LocalAddress, connection.Refusal?.Code ?? StatusCode.Unavailable);
        }
    }

    private async ValueTask<Status> DecideAsync(ConnectionContext context, GrpcServerConnection connection)
    {
        using var timeout = new CancellationTokenSource(settings.Limits.HandshakeTimeout, settings.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.ConnectionClosed, settings.Draining);
        return await connections.Lifecycle.OpenAsync(connection, connection.Quiet, either.Token).ConfigureAwait(false);
    }

    private async Task EndAsync(GrpcServerConnection connection, bool isAccepted)
    {
        await connection.Quiet.ConfigureAwait(false);
        if (isAccepted)
            await connections.Lifecycle.CloseAsync(connection).ConfigureAwait(false);
        else
            connections.Lifecycle.Forget(connection);
    }

    private async Task RefuseAsync(ConnectionContext context, Status refusal, ConnectionDelegate next)
    {
        var connection = context.Features.GetRequiredFeature<GrpcServerConnection>();
        if (connections.TryBeginRefusal(connection.RemoteAddress, refusal))
            await TellAsync(context, connection, refusal, next).ConfigureAwait(false);
    }

    /// <summary>Serves nothing but the reason, and not for longer than a handshake may take.</summary>
    private async Task TellAsync(ConnectionContext context, GrpcServerConnection connection, Status refusal, ConnectionDelegate next)
    {
        connection.Refuse(refusal);
        var timer = settings.TimeProvider.CreateTimer(
            static state => ((ConnectionContext)state!).Abort(new ConnectionAbortedException("It was refused.")), context, settings.Limits.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            await using (timer.ConfigureAwait(false))
            {
                await next(context).ConfigureAwait(false);
            }
        }
        finally
        {
            connections.EndRefusal();
        }
    }
}
