using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Hawser.Grpc.Server;

/// <summary>Lets only connections through whose client begins as HTTP does, and in time: Kestrel itself waits without end for the first byte, and for HTTP/2's preface.</summary>
internal sealed class HttpPreface(HttpProtocols protocols, HawserServerOptions options)
{
    private static ReadOnlySpan<byte> Http2 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private static ReadOnlySpan<byte> Refusal =>
        "HTTP/1.1 505 HTTP Version Not Supported\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 49\r\n\r\nThis address serves gRPC, which is HTTP/2 only.\r\n"u8;

    /// <summary>Goes on when the client has begun within <see cref="ConnectionLimits.HandshakeTimeout"/>.</summary>
    internal async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await IsExpectedAsync(connection).ConfigureAwait(false))
            await next(connection).ConfigureAwait(false);
    }

    private async Task<bool> IsExpectedAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var chosen = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol ?? default;
        var isHttp2 = protocols == HttpProtocols.Http2 || SslApplicationProtocol.Http2.Protocol.Span.SequenceEqual(chosen.Span);
        var timer = options.TimeProvider.CreateTimer(
            static state => ((PipeReader)state!).CancelPendingRead(), input, options.Limits.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
        {
            while (true)
            {
                var read = await input.ReadAsync().ConfigureAwait(false);
                var verdict = Judge(read.Buffer, isHttp2);
                input.AdvanceTo(read.Buffer.Start, verdict is null ? read.Buffer.End : read.Buffer.Start);
                if (verdict == false)
                    await connection.Transport.Output.WriteAsync(Refusal.ToArray()).ConfigureAwait(false);
                if (verdict is { } isExpected)
                    return isExpected;
                if (read.IsCanceled || read.IsCompleted)
                    return false;
            }
        }
    }

    /// <returns>Null when more must come.</returns>
    private static bool? Judge(in ReadOnlySequence<byte> begun, bool isHttp2)
    {
        if (!isHttp2)
            return begun.IsEmpty ? null : true;
        Span<byte> bytes = stackalloc byte[(int)Math.Min(begun.Length, Http2.Length)];
        begun.Slice(0, bytes.Length).CopyTo(bytes);
        if (!Http2.StartsWith(bytes))
            return false;
        return bytes.Length == Http2.Length ? true : null;
    }
}
