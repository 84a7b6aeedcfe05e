namespace Hawser;

/// <summary>How long raw bytes that were read stay valid: the rule is told in <see cref="MessageCodecs"/>.</summary>
internal enum MessageOwnership
{
    /// <summary>The reader keeps them: always a copy.</summary>
    Owned,

    /// <summary>An item of a stream: a sequence points into the message until the next one is asked for, a memory is a copy.</summary>
    StreamItem,

    /// <summary>The request of a unary handler: sequence and memory point into the message until the handler's task has ended.</summary>
    UnaryRequest,
}
