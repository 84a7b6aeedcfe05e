using System.Diagnostics.Metrics;

namespace Hawser;

/// <summary>What outboxes tell the world, beside the metrics of calls and under the same name.</summary>
internal static class OutboxMetrics
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "hawser.notifications.dropped", "{notification}", "Notifications that were dropped because their client was slow, by policy.");

    internal static void OnDropped(OutboxEntry entry)
    {
        if (!Dropped.Enabled)
            return;
        var name = entry.Target.Method.FullName;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        Dropped.Add(1, new("rpc.service", name[..slash]), new("rpc.method", name[(slash + 1)..]), new("hawser.policy", entry.Policy.ToString()));
    }
}
