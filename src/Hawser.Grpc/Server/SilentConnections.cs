using Microsoft.AspNetCore.Connections;

namespace Hawser.Grpc.Server;

/// <summary>Closes connections on which the client says nothing: Kestrel itself waits for the first byte for as long as for the next request.</summary>
internal static class SilentConnections
{
    /// <summary>Goes on when something has come within <see cref="ConnectionLimits.HandshakeTimeout"/>.</summary>
    internal static async Task RefuseAsync(ConnectionContext connection, ConnectionDelegate next, HawserServerOptions options)
    {
        var input = connection.Transport.Input;
        var timer = options.TimeProvider.CreateTimer(
            static state => ((ConnectionContext)state!).Transport.Input.CancelPendingRead(), connection, options.Limits.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            var read = await input.ReadAsync().ConfigureAwait(false);
            input.AdvanceTo(read.Buffer.Start);
            if (read is { IsCanceled: true, Buffer.IsEmpty: true })
                return;
        }

        await next(connection).ConfigureAwait(false);
    }
}
