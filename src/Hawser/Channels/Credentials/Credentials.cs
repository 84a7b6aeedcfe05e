namespace Hawser;

/// <summary>Metadata that says who a client is, and until when it is good.</summary>
/// <param name="metadata">What is sent: <c>new Metadata().Add("authorization", "Bearer …")</c>, for instance. Not to be changed any more: many calls read it.</param>
/// <param name="expires">When it stops being good; null, the default, when it does not. Before, after four fifths of the time or a minute ahead, new ones are asked for.</param>
public sealed class Credentials(Metadata metadata, DateTimeOffset? expires = null)
{
    /// <summary>What is sent.</summary>
    public Metadata Metadata { get; } = metadata ?? throw new ArgumentNullException(nameof(metadata));

    /// <summary>When it stops being good; null when it does not.</summary>
    public DateTimeOffset? Expires { get; } = expires;

    /// <summary>Says when they expire, never what they are.</summary>
    /// <returns>A text for people.</returns>
    public override string ToString() => Expires is { } time ? $"Credentials until {time:u}" : "Credentials without expiry";
}

/// <summary>What credentials are asked for.</summary>
/// <param name="Address">The address or the addresses that the channel was made with, as they were given.</param>
public sealed record CredentialsContext(string Address);

/// <summary>Gets credentials: from a file, a token service, a key ring. Called by one thread at a time for each of a channel's two uses, however many servers it has, off the callers' threads.</summary>
/// <param name="context">What they are for.</param>
/// <param name="cancellationToken">Fires when they come too late (<see cref="ConnectionLimits.HandshakeTimeout"/>).</param>
/// <returns>The credentials.</returns>
/// <remarks>
/// An <see cref="RpcException"/> ends what needed them with its status; an <see cref="IOException"/>, <see cref="System.Net.Http.HttpRequestException"/> or <see cref="TimeoutException"/> with
/// <see cref="StatusCode.Unavailable"/>, any other exception with <see cref="StatusCode.Unauthenticated"/>, and the exception as the inner one.
/// </remarks>
public delegate ValueTask<Credentials> CredentialsProvider(CredentialsContext context, CancellationToken cancellationToken);
