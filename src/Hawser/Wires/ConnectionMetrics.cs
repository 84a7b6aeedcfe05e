using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Hawser;

/// <summary>What is measured of connections, for every wire, beside the metrics of calls and under the same name.</summary>
/// <remarks>
/// OpenTelemetry has no conventions for connections of RPC. Names and units follow those of databases (<c>db.client.connection.create_time</c>) and HTTP (<c>http.client.open_connections</c>); the tag
/// <c>server.address</c> is the address that a server listens on, or that a client connects to.
/// </remarks>
internal static class ConnectionMetrics
{
    private const string ClientSide = "client";
    private const string ServerSide = "server";

    private static readonly Lock Gate = new();
    private static readonly Dictionary<(string System, string Side, string Server), long> Open = [];
    private static readonly Meter Meter = new(Telemetry.Name);
    private static readonly Counter<long> OpenedCount = Meter.CreateCounter<long>("hawser.connections.opened", "{connection}", "Connections that were opened and accepted.");
    private static readonly Counter<long> EndedCount = Meter.CreateCounter<long>("hawser.connections.ended", "{connection}", "Connections that were open and have ended, by the code that they ended with.");
    private static readonly Counter<long> ReconnectCount = Meter.CreateCounter<long>("hawser.connections.reconnects", "{attempt}", "Attempts of channels to connect again.");
    private static readonly Histogram<double> CreateTime = Meter.CreateHistogram(
        "hawser.connections.create_time",
        "s",
        "How long attempts to connect took, by the code that they ended with.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    static ConnectionMetrics() => Meter.CreateObservableUpDownCounter("hawser.connections.open", ObserveOpen, "{connection}", "Connections that are open now.");

    /// <summary>A connection was opened. What is open is counted whether anybody listens or not, so that whoever begins to later gets the right number.</summary>
    /// <param name="system">The wire, as <c>rpc.system</c> names it.</param>
    /// <param name="isClient">Whether this side made it.</param>
    /// <param name="server">The server's address.</param>
    public static void Opened(string system, bool isClient, string server)
    {
        var key = (system, SideOf(isClient), server);
        Count(key, 1);
        if (OpenedCount.Enabled)
            OpenedCount.Add(1, TagsOf(key));
    }

    /// <summary>One that was opened has ended.</summary>
    /// <param name="system">The wire, as <c>rpc.system</c> names it.</param>
    /// <param name="isClient">Whether this side made it.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="code">What it ended with.</param>
    public static void Ended(string system, bool isClient, string server, StatusCode code)
    {
        var key = (system, SideOf(isClient), server);
        Count(key, -1);
        if (EndedCount.Enabled)
            EndedCount.Add(1, TagsOf(key, code));
    }

    /// <summary>An attempt to connect has ended.</summary>
    /// <param name="system">The wire, as <c>rpc.system</c> names it.</param>
    /// <param name="server">The server's address.</param>
    /// <param name="code">What it ended with.</param>
    /// <param name="took">How long it took.</param>
    public static void Attempted(string system, string server, StatusCode code, TimeSpan took)
    {
        if (CreateTime.Enabled)
            CreateTime.Record(took.TotalSeconds, TagsOf((system, ClientSide, server), code));
    }

    /// <summary>A channel that has tried before tries to connect.</summary>
    /// <param name="system">The wire, as <c>rpc.system</c> names it.</param>
    /// <param name="server">The server's address.</param>
    public static void Reconnecting(string system, string server)
    {
        if (ReconnectCount.Enabled)
            ReconnectCount.Add(1, TagsOf((system, ClientSide, server)));
    }

    private static void Count((string System, string Side, string Server) key, int change)
    {
        lock (Gate)
        {
            // Addresses come and go, and those without a connection are not kept. The end of a connection may be told of before its beginning is.
            var count = Open.GetValueOrDefault(key) + change;
            if (count == 0)
                Open.Remove(key);
            else
                Open[key] = count;
        }
    }

    private static string SideOf(bool isClient) => isClient ? ClientSide : ServerSide;

    private static TagList TagsOf((string System, string Side, string Server) key) => new()
    {
        { "rpc.system", key.System },
        { "hawser.side", key.Side },
        { "server.address", key.Server },
    };

    private static TagList TagsOf((string System, string Side, string Server) key, StatusCode code)
    {
        var tags = TagsOf(key);
        tags.Add(Tracing.StatusTagOf(key.System), (int)code);
        return tags;
    }

    private static List<Measurement<long>> ObserveOpen()
    {
        lock (Gate)
            return [.. Open.Select(static one => new Measurement<long>(one.Value, TagsOf(one.Key)))];
    }
}
