namespace Hawser.Frames;

/// <summary>What a CALL frame says beside its message.</summary>
/// <param name="Id">The call's number.</param>
/// <param name="Route">The method.</param>
/// <param name="Metadata">The request metadata.</param>
/// <param name="MetadataSize">The size of the timeout and the metadata on the wire, in bytes.</param>
/// <param name="TimeoutMicroseconds">How long the caller waits; 0 for ever.</param>
/// <param name="HasMessage">Whether a message is in the frame.</param>
/// <param name="MessageSize">Its size in bytes.</param>
/// <param name="IsEnd">Whether the caller sends nothing more.</param>
internal readonly record struct NewCall(ulong Id, InboundRoute Route, Metadata Metadata, int MetadataSize, ulong TimeoutMicroseconds, bool HasMessage, int MessageSize, bool IsEnd);
