namespace Hawser;

/// <summary>Takes the snapshots of one watcher, and knows the one before for the rates.</summary>
/// <param name="server">What is watched.</param>
/// <param name="counts">The calls by method.</param>
/// <param name="ids">The numbers of the connections.</param>
/// <param name="watcher">The connection of the one who watches.</param>
internal sealed class ServerSampler(HawserServer server, CallCounts counts, ConnectionIds ids, Connection watcher)
{
    private Dictionary<long, ConnectionStatistics> connectionsBefore = [];
    private Dictionary<string, long> endedBefore = new(StringComparer.Ordinal);
    private long failedBefore;
    private long? takenAt;

    /// <summary>Takes a snapshot.</summary>
    /// <param name="maxConnections">How many connections it shows at most; its totals are of all.</param>
    /// <param name="maxMethods">How many methods it shows at most.</param>
    public ServerSnapshot Take(int maxConnections, int maxMethods)
    {
        var now = server.TimeProvider.GetTimestamp();
        double? seconds = takenAt is { } before ? server.TimeProvider.GetElapsedTime(before, now).TotalSeconds : null;
        takenAt = now;
        var connections = TakeConnections(seconds);
        var methods = TakeMethods(seconds);
        var failed = methods.Sum(static method => method.CallsFailed);
        var snapshot = new ServerSnapshot
        {
            WatchedSeconds = counts.Elapsed.TotalSeconds,
            ConnectionCount = connections.Count,
            CallsInFlight = connections.Sum(static connection => connection.CallsInFlight),
            CallsEnded = methods.Sum(static method => method.CallsEnded),
            CallsFailed = failed,
            CallsPerSecond = seconds is null ? null : methods.Sum(static method => method.CallsPerSecond ?? 0),
            FailuresPerSecond = PerSecond(failed, failedBefore, seconds),
            BytesSentPerSecond = seconds is null ? null : connections.Sum(static connection => connection.BytesSentPerSecond ?? 0),
            BytesReceivedPerSecond = seconds is null ? null : connections.Sum(static connection => connection.BytesReceivedPerSecond ?? 0),
            Connections = [.. connections.OrderByDescending(Business).ThenBy(static connection => connection.Id).Take(maxConnections)],
            Methods = [.. methods.OrderByDescending(static method => method.CallsEnded).ThenBy(static method => method.Name, StringComparer.Ordinal).Take(maxMethods)],
        };
        failedBefore = failed;
        return snapshot;
    }

    // A call weighs as much as a kilobyte: many small calls are as worth seeing as bulk.
    private static double Business(ConnectionSnapshot connection) =>
        connection.CallsPerSecond is null
            ? connection.CallsInFlight
            : ((connection.CallsPerSecond ?? 0) * 1024) + (connection.BytesSentPerSecond ?? 0) + (connection.BytesReceivedPerSecond ?? 0) + connection.CallsInFlight;

    private static double? PerSecond(long now, long before, double? seconds) => seconds is > 0 ? Math.Max(0, now - before) / seconds : null;

    private List<ConnectionSnapshot> TakeConnections(double? seconds)
    {
        var snapshots = new List<ConnectionSnapshot>();
        var seen = new Dictionary<long, ConnectionStatistics>();
        foreach (var connection in server.Connections)
        {
            var id = ids.Of(connection);
            var now = connection.GetStatistics();
            seen[id] = now;

            // One that is new since the last snapshot did all that it has done since then.
            var before = connectionsBefore.GetValueOrDefault(id);
            snapshots.Add(new ConnectionSnapshot
            {
                Id = id,
                RemoteAddress = connection.RemoteAddress,
                Scheme = connection.LocalAddress[..Math.Max(0, connection.LocalAddress.IndexOf(':', StringComparison.Ordinal))],
                IsWatcher = ReferenceEquals(connection, watcher),
                AgeSeconds = now.Age?.TotalSeconds,
                CallsServed = now.CallsServed,
                CallsStarted = now.CallsStarted,
                CallsInFlight = now.CallsInFlight,
                CallsPerSecond = PerSecond(now.CallsServed + now.CallsStarted, before.CallsServed + before.CallsStarted, seconds),
                BytesSent = now.BytesSent,
                BytesReceived = now.BytesReceived,
                BytesSentPerSecond = PerSecond(now.BytesSent, before.BytesSent, seconds),
                BytesReceivedPerSecond = PerSecond(now.BytesReceived, before.BytesReceived, seconds),
                RoundTripMilliseconds = now.RoundTripTime?.TotalMilliseconds,
            });
        }

        connectionsBefore = seen;
        return snapshots;
    }

    private List<MethodSnapshot> TakeMethods(double? seconds)
    {
        var snapshots = new List<MethodSnapshot>();
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, count) in counts.All)
        {
            var (ended, failed, milliseconds) = (count.Ended, count.Failed, count.Milliseconds);
            seen[name] = ended;
            snapshots.Add(new MethodSnapshot
            {
                Name = name,
                CallsEnded = ended,
                CallsFailed = failed,
                CallsPerSecond = PerSecond(ended, endedBefore.GetValueOrDefault(name), seconds),
                MeanMilliseconds = ended > 0 ? milliseconds / ended : null,
            });
        }

        endedBefore = seen;
        return snapshots;
    }
}
