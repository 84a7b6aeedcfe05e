using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Grpc.Client;

/// <summary>One connection's bytes: a transport's lane as the stream that HTTP/2 wants, which counts and knows when it has ended.</summary>
internal sealed class GrpcLink : DuplexStream
{
    // The first thing that an HTTP/2 server says are its settings (RFC 9113, 3.4).
    private const int FrameTypeOffset = 3;
    private const byte SettingsFrame = 4;

    // RFC 8446, 5.1.
    private const byte FirstTlsRecord = 0x14, LastTlsRecord = 0x17, TlsMajorVersion = 3;

    private readonly TransportConnection transport;
    private readonly string peer;
    private readonly Lane lane;
    private readonly CancellationTokenSource closed = new();
    private long bytesSent;
    private long bytesReceived;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? onReady;

    // Nothing is the server's answer before TLS is there.
    private long handshakeBytes = long.MaxValue;
    private bool looksLikeTls;
    private string? tooLate;
    private string? endReason;
    private Action? onEnded;
    private GrpcConnection? connection;

    internal GrpcLink(TransportConnection transport, string peer)
    {
        this.transport = transport;
        this.peer = peer;
        lane = transport.FirstLane;
        Closed = closed.Token;
    }

    /// <summary>Fires when the link has ended.</summary>
    internal CancellationToken Closed { get; }

    /// <summary>Ends when the server's settings have been read, and fails when the link ends before.</summary>
    internal Task Ready => ready.Task;

    /// <summary>Whether the server's settings have been read: they are the first that it sends, and HTTP asks for more when it has understood them.</summary>
    internal bool IsReady => ready.Task.IsCompletedSuccessfully && IsOpen;

    /// <summary>Whether the server has ever spoken as one of HTTP/2: its settings have been read, or came with its going away, behind which nothing is read.</summary>
    internal bool HasAnswered => ready.Task.IsCompletedSuccessfully || Frames.IsGoingAway;

    /// <summary>The link as its user sees it: one object, so that what belongs to it is found again.</summary>
    internal GrpcConnection ConnectionFor(GrpcClient client)
    {
        if (Volatile.Read(ref connection) is { } known)
            return known;
        var made = new GrpcConnection(client, this);
        return Interlocked.CompareExchange(ref connection, made, null) ?? made;
    }

    internal bool IsOpen => EndReason is null;

    /// <summary>Why the link has ended; null while it has not.</summary>
    internal string? EndReason => Volatile.Read(ref endReason);

    /// <summary>Whether HTTP disposed of the link before it was lost and without the server's going away: because nobody had used it, above all.</summary>
    internal bool WasDisposedFirst { get; private set; }

    /// <summary>Whether the link was dropped for the next to be made at once.</summary>
    internal bool IsReset { get; private set; }

    /// <summary>Whether the application has accepted the link, and calls may be made on it.</summary>
    internal bool IsAccepted { get; set; }

    internal string RemoteAddress => transport.RemoteAddress;

    internal string LocalAddress => transport.LocalAddress;

    internal X509Certificate2? RemoteCertificate { get; private set; }

    internal long BytesSent => Interlocked.Read(ref bytesSent);

    internal long BytesReceived => Interlocked.Read(ref bytesReceived);

    /// <summary>What HTTP takes for its connection: the link itself, or TLS over it.</summary>
    internal Stream Http { get; private set; } = Null;

    /// <summary>What HTTP/2 reads and writes: the same, with pings.</summary>
    internal PingingStream Frames { get; private set; } = new(Null);

    /// <summary>The link below what HTTP took for its connection.</summary>
    internal static GrpcLink Below(Stream http) => http as GrpcLink ?? ((TlsOverLink)http).Link;

    /// <summary>Has something done when the link is ready; before it is used.</summary>
    internal void OnReady(Action action) => onReady = action;

    /// <summary>Has something done when the link has ended, or now if it has: before anybody else learns of it, on whatever thread, so it must be quick.</summary>
    internal void OnEnded(Action action)
    {
        Interlocked.Exchange(ref onEnded, action);
        if (!IsOpen)
            Interlocked.Exchange(ref onEnded, null)?.Invoke();
    }

    /// <summary>Makes the link ready for HTTP/2.</summary>
    /// <exception cref="AuthenticationException">The server's certificate or protocol was refused; the text says why.</exception>
    /// <exception cref="IOException">The link was lost.</exception>
    internal async Task PrepareAsync(Uri address, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        await transport.HandshakeAsync(cancellationToken).ConfigureAwait(false);
        Http = string.Equals(address.Scheme, GrpcWire.SecureScheme, StringComparison.Ordinal)
            ? await AuthenticateAsync(address, tls, cancellationToken).ConfigureAwait(false)
            : this;
        Frames = new PingingStream(Http);
        handshakeBytes = BytesReceived;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Who asks for nothing asks whether there is something; the read that follows waits just as well.
        if (buffer.IsEmpty)
            return new ValueTask<int>(0);
        if (!ready.Task.IsCompleted && BytesReceived > handshakeBytes && ready.TrySetResult())
            onReady?.Invoke();
        var read = lane.ReadAsync(buffer);
        return read.IsCompletedSuccessfully ? new ValueTask<int>(Received(read.Result, buffer.Span)) : WaitAsync(read, buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref bytesSent, buffer.Length);
        var write = lane.WriteAsync(buffer);
        return write.IsCompletedSuccessfully ? write : WaitAsync(write);
    }

    /// <summary>Ends the link at once; what is in flight on it fails.</summary>
    /// <param name="reason">Why, as part of a sentence.</param>
    internal void Abort(string reason)
    {
        Ended(reason);
        lane.Abort(0);
    }

    /// <summary>Ends the link unless the server's settings come in time. HTTP would wait for them for ever, and so would the calls that it has put on the link.</summary>
    internal async Task AbortUnlessReadyAsync(TimeSpan limit, TimeProvider timeProvider)
    {
        try
        {
            await Ready.WaitAsync(limit, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var reason = $"{peer} did not answer within {limit.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout)";
            tooLate = $"{reason}.";
            Abort(reason);
        }
        catch (IOException)
        {
            // The link has ended before.
        }
    }

    /// <summary>Ends the link unless bytes arrive in time: what a channel does when the network has changed below it.</summary>
    internal async Task ProbeAsync(TimeSpan patience, TimeProvider timeProvider)
    {
        // Until then the handshake's own timeout counts.
        if (!IsReady || !Frames.HasBegun)
            return;
        var received = BytesReceived;
        using var timeout = new CancellationTokenSource(patience, timeProvider);
        try
        {
            await Frames.PingAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Other bytes than the answer are a sign of life as well.
            if (BytesReceived == received)
                Abort($"there was no sign of life within {patience.TotalSeconds:0.###} s after the network had changed");
        }
        catch (IOException)
        {
            // The link has ended meanwhile.
        }
    }

    /// <summary>Ends the link at once, so that the next can be made.</summary>
    internal void Reset()
    {
        IsReset = true;
        Abort("the channel was reset");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            var isGoingAway = Frames.IsGoingAway;
            WasDisposedFirst = IsOpen && !isGoingAway;
            Ended(isGoingAway ? "the server is going away" : "HTTP closed it, as it does when nobody has called for a while, or a ping is not answered");
            _ = transport.DisposeAsync().AsTask();
        }

        base.Dispose(disposing);
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> read, Memory<byte> buffer)
    {
        try
        {
            return Received(await read.ConfigureAwait(false), buffer.Span);
        }
        catch (IOException exception) when (exception is not ConnectFailedException)
        {
            throw Lost(exception);
        }
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw Lost(exception);
        }
    }

    /// <summary>What a read or a write fails with: what broke the link, or why this side ended it, which is what made the lane fail.</summary>
    private IOException Lost(IOException exception)
    {
        var reason = exception.Message.TrimEnd('.');
        Ended(reason);
        return ReferenceEquals(EndReason, reason) ? exception : new IOException(EndReason);
    }

    private int Received(int count, ReadOnlySpan<byte> buffer)
    {
        if (count == 0)
            Ended("the server closed it");
        else if (Interlocked.Add(ref bytesReceived, count) == count)
            ReceivedFirst(buffer[..count]);
        return count;
    }

    private void ReceivedFirst(ReadOnlySpan<byte> bytes)
    {
        looksLikeTls = bytes[0] is >= FirstTlsRecord and <= LastTlsRecord && (bytes.Length == 1 || bytes[1] == TlsMajorVersion);
        if (Http != this || bytes.Length <= FrameTypeOffset || bytes[FrameTypeOffset] == SettingsFrame)
            return;
        Ended("it does not speak HTTP/2");
        throw new ConnectFailedException(Unanswered(), innerException: null);
    }

    /// <summary>What calls are told that would have been made on the link, had the server answered.</summary>
    internal Status Unanswered() => new(StatusCode.Unavailable, $"{WhyUnanswered()} The call was not run.") { IsConnectFailure = true };

    /// <summary>Why the link was never ready, once it has ended: a sentence.</summary>
    private string WhyUnanswered()
    {
        if (tooLate is not null)
            return tooLate;
        if (Frames.IsGoingAway)
            return $"{peer} is going away.";
        return BytesReceived > handshakeBytes
            ? NotHttp2()
            : $"The connection to {peer} was lost before the server had answered{(Http == this ? " (if it speaks TLS, the address begins with grpcs://)" : "")}.";
    }

    private string NotHttp2() => looksLikeTls && Http == this
        ? $"{peer} does not speak HTTP/2: its first bytes look like TLS, for which the address begins with grpcs://."
        : $"{peer} does not speak HTTP/2; is it a gRPC server?";

    /// <summary>What a peer that does not answer TLS may be, as part of a sentence.</summary>
    private string WithoutTls()
    {
        if (looksLikeTls)
            return "";
        return BytesReceived > 0
            ? " Its first bytes are none of TLS; without TLS, the address begins with grpc://."
            : " If it speaks no TLS, the address begins with grpc://.";
    }

    private void Ended(string reason)
    {
        if (Interlocked.CompareExchange(ref endReason, reason, null) is not null)
            return;
        Interlocked.Exchange(ref onEnded, null)?.Invoke();
        ready.TrySetException(new IOException(WhyUnanswered()));
        _ = ready.Task.Exception;

        // Whoever waits for the end runs on a thread of their own.
        _ = closed.CancelAsync();
    }

    private async Task<Stream> AuthenticateAsync(Uri address, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var verdict = new CertificateVerdict(tls?.RemoteCertificateValidationCallback);
        var options = TlsOptions.ForClient(tls, address, verdict);
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        var stream = new TlsOverLink(this);
        try
        {
            // Reads below take no token: giving up means dropping the link.
            await using var givingUp = cancellationToken.UnsafeRegister(static link => ((GrpcLink)link!).Abort("the TLS handshake was given up"), this).ConfigureAwait(false);
            await stream.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            if (stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
                throw new IOException($"The peer at {peer} did not agree to speak HTTP/2 (ALPN 'h2'). Is it a gRPC server?");
            RemoteCertificate = stream.RemoteCertificate is { } certificate ? certificate as X509Certificate2 ?? new X509Certificate2(certificate) : null;
            return stream;
        }
        catch (Exception exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw exception switch
            {
                _ when cancellationToken.IsCancellationRequested =>
                    new OperationCanceledException($"The TLS handshake with {peer} was given up.", exception, cancellationToken),
                AuthenticationException failure => new AuthenticationException(verdict.Describe(peer, options.TargetHost) ?? TlsOptions.DescribeFailure(peer, failure) + WithoutTls(), failure),
                IOException failure => new IOException($"The TLS handshake with {peer} failed: {failure.Message.TrimEnd('.')}.{WithoutTls()}", failure),
                _ => exception,
            };
        }
    }
}
