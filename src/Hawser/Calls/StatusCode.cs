namespace Hawser;

/// <summary>How a call ended: gRPC's 17 codes, with gRPC's numbers.</summary>
/// <remarks>Source: the gRPC project's <c>statuscodes.md</c>. A number outside 0…16 that a peer sends is read as <see cref="Unknown"/>.</remarks>
public enum StatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The caller cancelled the call.</summary>
    Cancelled = 1,

    /// <summary>The handler failed in a way that it did not name.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system, for instance it cannot be decoded.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call ended. The work may have been done.</summary>
    DeadlineExceeded = 4,

    /// <summary>What the request names does not exist.</summary>
    NotFound = 5,

    /// <summary>What the request wants to create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit was reached; the text names the limit and its setting.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the operation needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The operation was aborted, usually by a conflict with another one.</summary>
    Aborted = 10,

    /// <summary>The operation went past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>No endpoint has this name, or it is called as another kind than it is.</summary>
    Unimplemented = 12,

    /// <summary>An invariant was broken.</summary>
    Internal = 13,

    /// <summary>The peer cannot be reached, or the connection was lost; the text says whether the call may have run.</summary>
    Unavailable = 14,

    /// <summary>Data was lost or corrupted for good.</summary>
    DataLoss = 15,

    /// <summary>The caller has not proved who it is.</summary>
    Unauthenticated = 16,
}
