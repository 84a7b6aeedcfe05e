using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hawser;

/// <summary>Counts by method the calls that end while somebody watches.</summary>
/// <remarks>Listens to the library's own metric of calls, which measures nothing while nobody does.</remarks>
internal sealed class CallCounts(EndpointRegistry endpoints, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, CallCount> counts = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private MeterListener? listener;
    private int watchers;
    private long startedAt;

    /// <summary>How long calls have been counted.</summary>
    public TimeSpan Elapsed => timeProvider.GetElapsedTime(Volatile.Read(ref startedAt));

    /// <summary>What was counted so far.</summary>
    public IEnumerable<KeyValuePair<string, CallCount>> All => counts;

    /// <summary>Counts until what is returned is disposed, by the last who wants it.</summary>
    public IDisposable Start()
    {
        lock (gate)
        {
            if (watchers++ == 0)
                Listen();
        }

        return new Watcher(this);
    }

    private void Listen()
    {
        counts.Clear();
        Volatile.Write(ref startedAt, timeProvider.GetTimestamp());
        listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (Telemetry.IsServerDuration(instrument))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, milliseconds, tags, _) => Count(milliseconds, tags));
        listener.Start();
    }

    private void Count(double milliseconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (service, method, failed) = ("", "", false);
        foreach (var (key, value) in tags)
        {
            switch (key)
            {
                case "rpc.service":
                    service = value as string ?? "";
                    break;
                case "rpc.method":
                    method = value as string ?? "";
                    break;
                case Tracing.HawserStatusTag or Tracing.GrpcStatusTag:
                    failed = value is not (int)StatusCode.Ok;
                    break;
            }
        }

        // What peers call is theirs to choose, and other servers of the process have names of their own: only what is served here is remembered.
        var name = $"{service}/{method}";
        if (endpoints.Find(name) is not null)
            counts.GetOrAdd(name, static _ => new CallCount()).Add(milliseconds, failed);
    }

    private void Stop()
    {
        lock (gate)
        {
            if (--watchers > 0)
                return;
            listener?.Dispose();
            listener = null;
        }
    }

    private sealed class Watcher(CallCounts counts) : IDisposable
    {
        private int isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) == 0)
                counts.Stop();
        }
    }
}
