using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hawser;

/// <summary>What a connection tells the world of its calls: OpenTelemetry's RPC metrics, under the name <c>Hawser</c>.</summary>
/// <remarks>Names: OpenTelemetry semantic conventions for RPC, <c>rpc.server.duration</c> and <c>rpc.client.duration</c>, in milliseconds. Nothing is measured while nobody listens.</remarks>
internal sealed class Telemetry(string system, string peer, TimeProvider timeProvider)
{
    public const string Name = "Hawser";

    private const string ServerDurationName = "rpc.server.duration";

    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> ServerDuration = Meter.CreateHistogram<double>(ServerDurationName, "ms", "How long calls took, as the side that serves saw it.");
    private static readonly Histogram<double> ClientDuration = Meter.CreateHistogram<double>("rpc.client.duration", "ms", "How long calls took, as the caller saw it.");

    /// <summary>Whether an instrument is the one that measures the calls that are served.</summary>
    public static bool IsServerDuration(Instrument instrument) =>
        string.Equals(instrument.Meter.Name, Name, StringComparison.Ordinal) && string.Equals(instrument.Name, ServerDurationName, StringComparison.Ordinal);

    /// <summary>When a call starts; 0 when nobody wants to know.</summary>
    public long CallStarting() => ServerDuration.Enabled || ClientDuration.Enabled ? timeProvider.GetTimestamp() : 0;

    public void ServerCallEnded(Method method, Status status, long startedAt)
    {
        if (startedAt != 0 && ServerDuration.Enabled)
            Record(ServerDuration, method, status, startedAt);
    }

    public void ClientCallEnded(Method method, Status status, long startedAt)
    {
        if (startedAt != 0 && ClientDuration.Enabled)
            Record(ClientDuration, method, status, startedAt);
    }

    private void Record(Histogram<double> histogram, Method method, Status status, long startedAt)
    {
        var slash = method.FullName.IndexOf('/', StringComparison.Ordinal);
        histogram.Record(
            timeProvider.GetElapsedTime(startedAt).TotalMilliseconds,
            new TagList
            {
                { "rpc.system", system },
                { "rpc.service", method.FullName[..slash] },
                { "rpc.method", method.FullName[(slash + 1)..] },
                { Tracing.StatusTagOf(system), (int)status.Code },
                { "network.peer.address", peer },
            });
    }
}
