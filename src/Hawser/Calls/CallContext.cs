namespace Hawser;

/// <summary>What a handler may know of its call beyond the request. A handler gets it by asking for it as a parameter.</summary>
/// <remarks>Valid until the handler's task, or the stream it returned, has ended. Reading is safe from any thread.</remarks>
public sealed class CallContext
{
    private readonly ServerCall call;

    /// <summary>Creates the context of a call.</summary>
    /// <param name="call">The call.</param>
    public CallContext(ServerCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        call.MarkEscaped();
        this.call = call;
    }

    /// <summary>The method that was called.</summary>
    public Method Method => call.Method;

    /// <summary>What the caller sent beside its messages.</summary>
    public Metadata RequestMetadata => call.RequestMetadata;

    /// <summary>When the caller stops waiting; null when it waits for ever.</summary>
    public DateTimeOffset? Deadline => call.Deadline;

    /// <summary>Fires when the caller cancels, its deadline passes, or the connection is lost.</summary>
    public CancellationToken CancellationToken => call.CancellationToken;

    /// <summary>The connection that the call came over: tells who called, and can call back.</summary>
    public Connection Connection => call.Connection;

    /// <summary>What the application remembers of this call: what its interceptors have left for the handler, for instance who calls. Made when it is first asked for.</summary>
    public CallItems Items => call.Items;

    /// <inheritdoc cref="ServerCall.HostContext"/>
    internal object? HostContext => call.HostContext;

    /// <summary>Metadata that goes with the status, added by the handler.</summary>
    public Metadata Trailers { get; } = new();

    /// <summary>How acknowledgements are asked for while somebody else writes what the handler gives; null while the handler writes itself.</summary>
    internal Func<CancellationToken, ValueTask<Acknowledgement>>? Acknowledging { get; set; }

    /// <summary>Waits until the caller has consumed everything that the handler has given so far: all messages that its stream has yielded, or all that it has written to its <see cref="System.IO.Pipelines.PipeWriter"/>.</summary>
    /// <param name="cancellationToken">Gives up waiting; the call goes on.</param>
    /// <returns>How many bytes are confirmed, and after how long. What counts as consumed: see <see cref="ClientCall.AcknowledgeAsync"/>.</returns>
    /// <exception cref="RpcException">As of <see cref="ClientCall.AcknowledgeAsync"/>.</exception>
    /// <exception cref="InvalidOperationException">The response is one message, or octets that the handler has returned: it must write them itself to ask.</exception>
    public ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) =>
        Acknowledging is { } ask ? ask(cancellationToken) : call.AcknowledgeAsync(cancellationToken);

    /// <summary>Octets that the handler returned are being copied, and whoever gives them cannot tell how far that is.</summary>
    internal void RefuseAcknowledgements() => Acknowledging = _ =>
        throw new InvalidOperationException($"The response of '{Method}' is octets that its handler has returned. To ask for acknowledgement, take a PipeWriter and write them.");

    /// <summary>Sends response headers now, before the first message.</summary>
    /// <param name="headers">The metadata to send.</param>
    /// <returns>A task that ends when they are in the send buffer.</returns>
    public ValueTask WriteHeadersAsync(Metadata headers) => call.WriteHeadersAsync(headers);
}
