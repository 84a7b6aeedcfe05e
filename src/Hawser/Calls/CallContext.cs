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

    /// <inheritdoc cref="ServerCall.HostContext"/>
    internal object? HostContext => call.HostContext;

    /// <summary>Metadata that goes with the status, added by the handler.</summary>
    public Metadata Trailers { get; } = new();

    /// <summary>Sends response headers now, before the first message.</summary>
    /// <param name="headers">The metadata to send.</param>
    /// <returns>A task that ends when they are in the send buffer.</returns>
    public ValueTask WriteHeadersAsync(Metadata headers) => call.WriteHeadersAsync(headers);
}
