namespace Hawser;

/// <summary>Settings of one push; all have defaults.</summary>
public readonly record struct PushOptions
{
    /// <summary>What happens when the outbox is full; null, the default, for that of <see cref="OutboxOptions.Policy"/>.</summary>
    public SlowClientPolicy? Policy { get; init; }

    /// <summary>What the notification is about, for <see cref="SlowClientPolicy.KeepLatest"/>: of one method and equal keys only the newest is kept. Null, the default, is a key as any other.</summary>
    public object? Key { get; init; }

    /// <summary>Gives up waiting for room. The notification is not sent then.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>A push under a policy.</summary>
    /// <param name="policy">The policy.</param>
    public static implicit operator PushOptions(SlowClientPolicy policy) => FromPolicy(policy);

    /// <summary>A push under a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>The options.</returns>
    public static PushOptions FromPolicy(SlowClientPolicy policy) => new() { Policy = policy };

    /// <summary>A push whose waiting can be given up.</summary>
    /// <param name="cancellationToken">The token.</param>
    public static implicit operator PushOptions(CancellationToken cancellationToken) => FromCancellationToken(cancellationToken);

    /// <summary>A push whose waiting can be given up.</summary>
    /// <param name="cancellationToken">The token.</param>
    /// <returns>The options.</returns>
    public static PushOptions FromCancellationToken(CancellationToken cancellationToken) => new() { CancellationToken = cancellationToken };
}
