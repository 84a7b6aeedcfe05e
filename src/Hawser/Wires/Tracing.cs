using System.Diagnostics;

namespace Hawser;

/// <summary>Spans of calls, under the name <c>Hawser</c>, and their way to the other side in the metadata <c>traceparent</c> and <c>tracestate</c>.</summary>
/// <remarks>Sources: W3C Trace Context; OpenTelemetry semantic conventions for RPC. Nothing is made while nobody listens.</remarks>
internal static class Tracing
{
    private const string ParentKey = "traceparent";
    private const string StateKey = "tracestate";

    /// <summary>What <c>rpc.system</c> is for calls over Hawser's own wire.</summary>
    public const string HawserSystem = "hawser";

    /// <summary>What <c>rpc.system</c> is for calls over gRPC.</summary>
    public const string GrpcSystem = "grpc";

    /// <summary>The name of the tag that says how a call over Hawser's own wire ended.</summary>
    public const string HawserStatusTag = "rpc.hawser.status_code";

    /// <summary>The name of the tag that says how a call over gRPC ended.</summary>
    public const string GrpcStatusTag = "rpc.grpc.status_code";

    private static readonly ActivitySource Activities = new(Telemetry.Name);

    /// <summary>Whether a call that starts now belongs to a trace.</summary>
    public static bool IsWanted => Activities.HasListeners() || Activity.Current is not null;

    /// <summary>Starts the span of a call of this side.</summary>
    /// <param name="method">The method.</param>
    /// <param name="system">The wire, as <c>rpc.system</c> names it.</param>
    /// <param name="peer">Who is called.</param>
    /// <param name="options">The call's options; their metadata tell the other side what the call belongs to.</param>
    /// <returns>The span, which is not the current one of this thread afterwards; null when nobody samples it.</returns>
    public static Activity? StartClient(Method method, string system, string peer, ref CallOptions options)
    {
        var before = Activity.Current;
        var activity = Activities.StartActivity(method.FullName, ActivityKind.Client);
        Describe(activity, method, system, peer);
        Activity.Current = before;
        if ((activity ?? before) is not { } parent || parent.Id is not { } id || parent.IdFormat != ActivityIdFormat.W3C)
            return activity;
        var metadata = new Metadata();
        foreach (var entry in options.Metadata ?? Metadata.Empty)
        {
            if (entry.Key is ParentKey or StateKey)
                continue;
            if (entry.Value is { } text)
                metadata.Add(entry.Key, text);
            else
                metadata.Add(entry.Key, entry.Bytes);
        }

        metadata.Add(ParentKey, id);
        if (parent.TraceStateString is { Length: > 0 } state)
            metadata.Add(StateKey, state);
        options = options with { Metadata = metadata };
        return activity;
    }

    /// <summary>Starts the span of a call of the peer and makes it the current one.</summary>
    public static Activity? StartServer(Method method, string system, string peer, Metadata metadata)
    {
        if (!Activities.HasListeners())
            return null;
        _ = ActivityContext.TryParse(metadata[ParentKey], metadata[StateKey], isRemote: true, out var parent);
        var activity = Activities.StartActivity(method.FullName, ActivityKind.Server, parent);
        Describe(activity, method, system, peer);
        return activity;
    }

    /// <summary>Ends a span with how its call ended.</summary>
    public static void End(Activity? activity, string system, Status status)
    {
        if (activity is null)
            return;
        activity.SetTag(StatusTagOf(system), (int)status.Code);
        if (!status.IsOk)
            activity.SetStatus(ActivityStatusCode.Error, status.Text);
        activity.Dispose();
    }

    /// <summary>The name of the tag that says how a call ended.</summary>
    public static string StatusTagOf(string system) => ReferenceEquals(system, GrpcSystem) ? GrpcStatusTag : HawserStatusTag;

    private static void Describe(Activity? activity, Method method, string system, string peer)
    {
        if (activity is not { IsAllDataRequested: true })
            return;
        var slash = method.FullName.IndexOf('/', StringComparison.Ordinal);
        activity.SetTag("rpc.system", system);
        activity.SetTag("rpc.service", method.FullName[..slash]);
        activity.SetTag("rpc.method", method.FullName[(slash + 1)..]);
        activity.SetTag("network.peer.address", peer);
    }
}
