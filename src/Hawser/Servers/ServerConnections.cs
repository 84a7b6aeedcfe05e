using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>What all listeners of a server share, whatever wire they speak: its limits on connections, and its callbacks.</summary>
internal sealed class ServerConnections(HawserServerOptions options, ILogger logger)
{
    /// <summary>How many connections over a limit are told so at the same time; those beyond are closed without a word.</summary>
    private const int MaxRefusals = 64;

    private int refusals;

    internal ConnectionAdmission Admission { get; } = new(options);

    /// <summary>How fast connections are accepted; null for as fast as they come.</summary>
    internal AcceptRate? AcceptRate { get; } = AcceptRate.Create(options);

    internal ConnectionLifecycle Lifecycle { get; } = new(options, logger);

    /// <summary>Takes a turn to tell a peer that it is refused, which takes the time of a handshake.</summary>
    /// <returns>False when too many are being told already; otherwise <see cref="EndRefusal"/> must follow.</returns>
    internal bool TryBeginRefusal(string peer, Status refusal)
    {
        ServerLog.ConnectionRefused(logger, peer, refusal.Text);
        if (Interlocked.Increment(ref refusals) <= MaxRefusals)
            return true;
        Interlocked.Decrement(ref refusals);
        return false;
    }

    internal void EndRefusal() => Interlocked.Decrement(ref refusals);
}
