namespace Hawser;

/// <summary>A notification that waits for its peer.</summary>
/// <param name="target">The method.</param>
/// <param name="message">The encoded message; may be shared by many connections, and is not changed.</param>
/// <param name="policy">What may be done with it.</param>
/// <param name="key">What it is about.</param>
internal sealed class OutboxEntry(ReplyDecoder<Empty> target, ReadOnlyMemory<byte> message, SlowClientPolicy policy, object? key)
{
    internal ReplyDecoder<Empty> Target => target;

    internal ReadOnlyMemory<byte> Message => message;

    internal SlowClientPolicy Policy => policy;

    internal (Method Method, object? Key) Subject => (target.Method, key);

    internal bool MayBeDropped => policy is SlowClientPolicy.DropOldest or SlowClientPolicy.KeepLatest;

    /// <summary>Tells the sender that there was room, or that there will be none.</summary>
    internal TaskCompletionSource<Status>? Room { get; set; }
}
