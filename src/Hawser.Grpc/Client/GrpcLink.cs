using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hawser.Transports;

namespace Hawser.Grpc.Client;

/// <summary>One connection's bytes: a transport's lane as the stream that HTTP/2 wants, which counts and knows when it has ended.</summary>
internal sealed class GrpcLink : Stream
{
    // The first thing that an HTTP/2 server says are its settings (RFC 9113, 3.4).
    private const int FrameTypeOffset = 3;
    private const byte SettingsFrame = 4;

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
    private int isClosed;

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

    internal bool IsOpen => Volatile.Read(ref isClosed) == 0;

    internal string RemoteAddress => transport.RemoteAddress;

    internal string LocalAddress => transport.LocalAddress;

    internal X509Certificate2? RemoteCertificate { get; private set; }

    internal long BytesSent => Interlocked.Read(ref bytesSent);

    internal long BytesReceived => Interlocked.Read(ref bytesReceived);

    /// <summary>What HTTP/2 reads and writes: the link itself, or TLS over it.</summary>
    internal Stream Http { get; private set; } = Null;

    /// <summary>Has something done when the link is ready; before it is used.</summary>
    internal void OnReady(Action action) => onReady = action;

    /// <summary>Makes the link ready for HTTP/2.</summary>
    /// <exception cref="AuthenticationException">The server's certificate or protocol was refused; the text says why.</exception>
    /// <exception cref="IOException">The link was lost.</exception>
    internal async Task PrepareAsync(Uri address, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        await transport.HandshakeAsync(cancellationToken).ConfigureAwait(false);
        Http = string.Equals(address.Scheme, GrpcWire.SecureScheme, StringComparison.Ordinal)
            ? await AuthenticateAsync(address, tls, cancellationToken).ConfigureAwait(false)
            : this;
        handshakeBytes = BytesReceived;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

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
        return lane.WriteAsync(buffer);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Ends the link at once; what is in flight on it fails.</summary>
    internal void Abort()
    {
        lane.Abort(0);
        Ended();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Ended();
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
        catch (IOException)
        {
            Ended();
            throw;
        }
    }

    private int Received(int count, ReadOnlySpan<byte> buffer)
    {
        if (count == 0)
            Ended();
        else if (Interlocked.Add(ref bytesReceived, count) == count && count > FrameTypeOffset && buffer[FrameTypeOffset] != SettingsFrame && Http == this)
            throw new ConnectFailedException(new Status(StatusCode.Unavailable, $"{peer} does not speak HTTP/2; is it a gRPC server? The call was not run."), innerException: null);
        return count;
    }

    private void Ended()
    {
        // Whoever waits for the end runs on a thread of their own.
        if (Interlocked.Exchange(ref isClosed, 1) != 0)
            return;
        ready.TrySetException(new IOException(BytesReceived > handshakeBytes
            ? $"{peer} does not speak HTTP/2; is it a gRPC server?"
            : $"The connection to {peer} was lost before the server had answered."));
        _ = ready.Task.Exception;
        _ = closed.CancelAsync();
    }

    private async Task<Stream> AuthenticateAsync(Uri address, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var verdict = new CertificateVerdict(tls?.RemoteCertificateValidationCallback);
        var options = TlsOptions.ForClient(tls, address, verdict);
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        var stream = new SslStream(this, leaveInnerStreamOpen: false);
        try
        {
            // Reads below take no token: giving up means dropping the link.
            await using var givingUp = cancellationToken.UnsafeRegister(static link => ((GrpcLink)link!).Abort(), this).ConfigureAwait(false);
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
                AuthenticationException failure => new AuthenticationException(verdict.Describe(peer, options.TargetHost) ?? TlsOptions.DescribeFailure(peer, failure), failure),
                IOException failure => new IOException($"The TLS handshake with {peer} failed: {failure.Message.TrimEnd('.')}.", failure),
                _ => exception,
            };
        }
    }
}
