using System.Net;
using System.Net.Quic;
using System.Runtime.Versioning;
using System.Security.Authentication;

namespace Hawser.Transports;

/// <summary>One connection, asked for again while the server says nothing. Used once.</summary>
/// <remarks>
/// The first packet of a connection can be lost: on the way, or at a server that has its port and does not listen, while it starts or stops. MsQuic, which knows nothing of
/// the way yet, repeats it after a second, and cannot be told to be quicker. So further attempts begin beside the first, with gaps that double, until that second has passed.
/// The first to which the server shows its certificate goes on. Any other ends there, before its handshake does: the server never has more than one connection to accept.
/// </remarks>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed class QuicAttempts(IPEndPoint endPoint, Uri address, ClientTransportOptions options)
{
    /// <summary>The gap after the first attempt: longer than most round trips, because further attempts of a client that is only far away cost its server work.</summary>
    private static readonly TimeSpan FirstGap = TimeSpan.FromMilliseconds(250);

    /// <summary>The same where there is no way to travel: the least that RFC 8305 allows between attempts.</summary>
    private static readonly TimeSpan FirstGapOnThisMachine = TimeSpan.FromMilliseconds(10);

    /// <summary>When MsQuic repeats the first packet itself.</summary>
    private static readonly TimeSpan RepeatedByQuic = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<int> heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Connects, or gives up at once. The other attempts end on their own, which takes MsQuic seconds where nobody answers.</summary>
    /// <exception cref="QuicException">The server refuses, or speaks no QUIC that this side does.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">Nobody has the port.</exception>
    /// <exception cref="AuthenticationException">The server's certificate or protocol was refused; the text says why.</exception>
    public async Task<QuicConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<QuicConnection>>();
        try
        {
            var gap = IPAddress.IsLoopback(endPoint.Address) ? FirstGapOnThisMachine : FirstGap;
            for (var begun = TimeSpan.Zero; begun < RepeatedByQuic && !heard.Task.IsCompleted; begun += gap, gap *= 2)
            {
                attempts.Add(AttemptAsync(attempts.Count, over.Token));
                await Task.WhenAny(heard.Task, Task.Delay(gap, TimeProvider.System, over.Token)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }

            var first = attempts[await heard.Task.WaitAsync(cancellationToken).ConfigureAwait(false)];
            var connection = await first.WaitAsync(cancellationToken).ConfigureAwait(false);
            attempts.Remove(first);
            return connection;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (var attempt in attempts)
                _ = DiscardAsync(attempt);
        }
    }

    private async Task<QuicConnection> AttemptAsync(int position, CancellationToken over)
    {
        var verdict = new CertificateVerdict(options.Tls?.RemoteCertificateValidationCallback);
        var tls = TlsOptions.ForClient(options.Tls, address, verdict);
        tls.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) => IsFirstHeard(position) && verdict.Accepts(sender, certificate, chain, errors);
        try
        {
            return await QuicConnection.ConnectAsync(QuicSettings.ForClient(endPoint, tls, options.Limits), over).ConfigureAwait(false);
        }
        catch (AuthenticationException exception)
        {
            var peer = TcpSockets.Text(address);
            throw new AuthenticationException(verdict.Describe(peer, tls.TargetHost) ?? TlsOptions.DescribeFailure(peer, exception), exception);
        }
        finally
        {
            // A refusal is an answer too: asking once more would give the same.
            IsFirstHeard(position);
        }
    }

    private bool IsFirstHeard(int position) => heard.TrySetResult(position) || heard.Task.Result == position;

    private static async Task DiscardAsync(Task<QuicConnection> attempt)
    {
        await ((Task)attempt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (attempt.IsCompletedSuccessfully)
            await (await attempt.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }
}
