using Hawser.Transports;

namespace Hawser.Cli.Parsing;

/// <summary>What a user said about how the server is reached.</summary>
internal sealed record ConnectSettings
{
    /// <summary>How often a server that is away is tried: people who watch a command wait do not wait for long.</summary>
    public static readonly ReconnectOptions Reconnect = new() { MaxBackoff = TimeSpan.FromSeconds(1) };

    /// <summary>Whom TLS trusts, and who calls.</summary>
    public ClientTransportOptions Transport { get; init; } = new();

    /// <summary>Whether an unreachable server is waited for.</summary>
    public bool WaitForReady { get; init; }

    /// <summary>How long the answer may take, and as long again connecting, and what the node says of the method; null waits for ever.</summary>
    public TimeSpan? Deadline { get; init; }
}
