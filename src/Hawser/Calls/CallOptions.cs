namespace Hawser;

/// <summary>What a caller may say about one call.</summary>
public readonly record struct CallOptions
{
    /// <summary>Metadata to send with the request; none by default.</summary>
    public Metadata? Metadata { get; init; }

    /// <summary>
    /// How long the caller waits for the call to end; it travels to the server. Null, the default, waits for ever. Past it the call ends with
    /// <see cref="StatusCode.DeadlineExceeded"/> on both sides. Resolution: one millisecond.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Cancels the call: the other side's token fires, and this side gets an <see cref="OperationCanceledException"/> with this token.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>
    /// Whether the call waits while the server cannot be reached, until its deadline, instead of failing at once with the reason. Null, the default, for what the wire's options say: no,
    /// unless gRPC's say otherwise.
    /// </summary>
    public bool? WaitForReady { get; init; }

    /// <summary>
    /// Whether running this call twice does no more than running it once, so that it may be tried again although it may have run. Null, the default, for what the
    /// channel's <see cref="HawserChannelOptions.Methods"/> say of the method, or its contract (<see cref="RpcMethodAttribute.Idempotent"/>).
    /// </summary>
    public bool? IsIdempotent { get; init; }

    /// <summary>Filled with the response headers, status and trailers when the call has ended; null, the default, when nobody wants them.</summary>
    public CallResult? Result { get; init; }

    /// <summary>Whether nothing is said.</summary>
    internal bool IsDefault =>
        Metadata is null && Timeout is null && CancellationToken == default && WaitForReady is null && IsIdempotent is null && Result is null;

    /// <summary>Options with a token and nothing else.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static implicit operator CallOptions(CancellationToken cancellationToken) => new() { CancellationToken = cancellationToken };

    /// <summary>Options with a token and nothing else.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The options.</returns>
    public static CallOptions FromCancellationToken(CancellationToken cancellationToken) => cancellationToken;
}
