using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>The heartbeat of one of Kestrel's connections, which goes on while the server stops.</summary>
/// <remarks>
/// By it a connection notices that its last call has ended and that it may close. Kestrel's own ends as soon as it is told to stop, so that a client which keeps its connection open would use up
/// the whole drain.
/// </remarks>
internal sealed class ConnectionHeartbeat : IConnectionHeartbeatFeature
{
    /// <summary>How long a connection without calls may keep a stopping server waiting.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly List<(Action<object> Action, object State)> actions = [];
    private readonly IConnectionHeartbeatFeature kestrel;

    private ConnectionHeartbeat(IConnectionHeartbeatFeature kestrel) => this.kestrel = kestrel;

    /// <summary>Takes part in a connection's heartbeat; before its protocol does.</summary>
    internal static ConnectionHeartbeat? Of(IFeatureCollection features)
    {
        if (features.Get<IConnectionHeartbeatFeature>() is not { } kestrel)
            return null;
        var heartbeat = new ConnectionHeartbeat(kestrel);
        features.Set<IConnectionHeartbeatFeature>(heartbeat);
        return heartbeat;
    }

    public void OnHeartbeat(Action<object> action, object state)
    {
        lock (gate)
        {
            actions.Add((action, state));
        }

        kestrel.OnHeartbeat(action, state);
    }

    /// <summary>Beats once.</summary>
    internal void Beat()
    {
        lock (gate)
        {
            foreach (var (action, state) in actions)
                action(state);
        }
    }
}
