using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser;

/// <summary>A connection without a protocol of ours: the bytes of a transport's first lane, both ways, as they are.</summary>
/// <remarks>
/// One reader and one writer may work at the same time, each on its own thread. Disposing closes the connection: what was flushed is delivered where the transport can.
/// </remarks>
public sealed class RawConnection : IAsyncDisposable
{
    /// <summary>How long the last bytes may take to leave when the connection is closed.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly TransportConnection transport;
    private readonly TimeProvider time;
    private readonly RawInput input;
    private readonly RawOutput output;
    private readonly Lock gate = new();
    private Task? disposal;

    internal RawConnection(TransportConnection transport, TimeProvider time)
    {
        this.transport = transport;
        this.time = time;
        input = new RawInput(transport.FirstLane);
        output = new RawOutput(transport.FirstLane);
    }

    /// <summary>The bytes that the peer sends; they end when the peer ends its side. A lost link is an <see cref="IOException"/>, as far as the transport can tell: over a Unix socket an abort looks like an end.</summary>
    public PipeReader Input => input.Reader;

    /// <summary>Where bytes to the peer go. Flushing hands them to the transport, and waits while much is on its way; completing ends this side, and reading goes on. Completing with an exception aborts the connection instead, so that the peer does not take what it got for all.</summary>
    public PipeWriter Output => output.Writer;

    /// <summary>Where the peer is, for people: <c>tcp://127.0.0.1:51234</c>.</summary>
    public string RemoteAddress => transport.RemoteAddress;

    /// <summary>Where this side is, for people.</summary>
    public string LocalAddress => transport.LocalAddress;

    /// <summary>The peer's certificate, when the transport has TLS and the peer showed one that was accepted; otherwise null. It can still be asked when the link has ended.</summary>
    public X509Certificate2? RemoteCertificate => transport.RemoteCertificate;

    /// <summary>Fires when the link has been lost or closed, or the peer has aborted it, as far as the transport can tell. Not when the peer has merely ended its side.</summary>
    public CancellationToken Closed => input.Closed;

    /// <summary>Whether it was this side that gave up what it was sending.</summary>
    internal bool OutputHasFailed => output.HasFailed;

    /// <summary>Connects to whoever listens at an address and speaks the caller's protocol.</summary>
    /// <param name="address"><c>tcp://host:port</c>, <c>tls://host:port</c>, <c>unix:path</c>, <c>inproc:name</c>, or of another transport.</param>
    /// <param name="options">Settings; the defaults when null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, which must be disposed.</returns>
    /// <exception cref="ArgumentException">The address is wrong; the text says how.</exception>
    /// <exception cref="RpcException">Nobody can be reached there in time, or the certificate or protocol was refused (<see cref="StatusCode.Unavailable"/>); the text says why.</exception>
    public static async ValueTask<RawConnection> ConnectAsync(string address, RawConnectOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RawConnectOptions();
        var (transport, uri) = new TransportRegistry(options.Transports).Find(address);
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        TransportConnection? link = null;
        try
        {
            link = await transport.ConnectAsync(uri, options.Transport, either.Token).ConfigureAwait(false);
            await link.HandshakeAsync(either.Token).ConfigureAwait(false);
            var connection = new RawConnection(link, options.TimeProvider);
            link = null;
            return connection;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.Unavailable, $"{address} did not finish its handshake within {options.HandshakeTimeout.TotalSeconds:0.###} s (RawConnectOptions.HandshakeTimeout).");
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, exception.Message), innerException: exception);
        }
        finally
        {
            if (link is not null)
                await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends both sides at once. What was sent and not yet read may be lost.</summary>
    /// <param name="code">Tells the peer why, where the transport can carry it: 0…2⁶²−1.</param>
    public void Abort(long code = 0) => transport.FirstLane.Abort(code);

    /// <summary>Ends this side behind what was flushed, and closes the connection, whether the peer has ended its side or not.</summary>
    /// <returns>A task that ends when everything is free.</returns>
    public ValueTask DisposeAsync()
    {
        lock (gate)
        {
            return new ValueTask(disposal ??= CloseAsync());
        }
    }

    private async Task CloseAsync()
    {
        await output.Writer.CompleteAsync().ConfigureAwait(false);
        await output.Sent.WaitAsync(CloseTimeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!output.Sent.IsCompleted)
            Abort();
        input.Stop();
        await transport.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(output.Sent, input.Read).ConfigureAwait(false);
    }
}
