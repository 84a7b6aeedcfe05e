namespace Hawser;

/// <summary>What came beside the messages of one call: pass a new one in <see cref="CallOptions.Result"/> and read it when the call has ended.</summary>
public sealed class CallResult
{
    /// <summary>The response headers; empty when there were none.</summary>
    public Metadata Headers { get; internal set; } = Metadata.Empty;

    /// <summary>How the call ended; null until it has.</summary>
    public Status? Status { get; internal set; }

    /// <summary>The metadata that came with the status; empty when there was none.</summary>
    public Metadata Trailers { get; internal set; } = Metadata.Empty;

    /// <summary>How many attempts the channel made of the call; 1 unless it was tried again. Attempts that a wire made by itself are not counted.</summary>
    public int Attempts { get; internal set; } = 1;

    internal void Set(Metadata headers, Status status, Metadata trailers)
    {
        Headers = headers;
        Status = status;
        Trailers = trailers;
    }
}
