namespace Hawser;

/// <summary>A call that did not end with <see cref="StatusCode.Ok"/>. A handler throws it to choose its call's status.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Creates the exception for a status.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="trailers">The metadata that came, or shall go, with the status.</param>
    /// <param name="innerException">What caused it here, if anything; it does not travel.</param>
    public RpcException(Status status, Metadata? trailers = null, Exception? innerException = null)
        : base(status?.ToString(), innerException)
    {
        ArgumentNullException.ThrowIfNull(status);
        Status = status;
        Trailers = trailers ?? Metadata.Empty;
    }

    /// <summary>Creates the exception for a code and a text.</summary>
    /// <param name="code">How the call ended.</param>
    /// <param name="text">What failed, on what, and what to do.</param>
    public RpcException(StatusCode code, string text)
        : this(new Status(code, text))
    {
    }

    /// <summary>How the call ended.</summary>
    public Status Status { get; }

    /// <summary>How the call ended, without the text.</summary>
    public StatusCode Code => Status.Code;

    /// <summary>The metadata that came with the status; empty when there was none.</summary>
    public Metadata Trailers { get; }

    /// <summary>
    /// Whether the call certainly did not reach a handler, so that calling again cannot do its work twice. False means that it may have run.
    /// </summary>
    public bool NotRun { get; init; }
}
