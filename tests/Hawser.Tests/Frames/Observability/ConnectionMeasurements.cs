using System.Diagnostics.Metrics;

namespace Hawser.Tests.Frames.Observability;

/// <summary>Writes down what is measured of the connections to one server.</summary>
internal sealed class ConnectionMeasurements : IDisposable
{
    private readonly string server;
    private readonly MeterListener listener = new();
    private readonly Lock gate = new();
    private readonly List<(string Instrument, string Side, StatusCode? Code, long Value)> counted = [];
    private readonly List<(StatusCode Code, double Seconds)> attempts = [];
    private readonly Dictionary<string, long> open = [];

    internal ConnectionMeasurements(string server)
    {
        this.server = server;
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == "Hawser" && instrument.Name.StartsWith("hawser.connections.", StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(OnCount);
        listener.SetMeasurementEventCallback<double>(OnDuration);
        listener.Start();
    }

    /// <summary>The attempts to connect, and how many seconds each took.</summary>
    internal IReadOnlyList<(StatusCode Code, double Seconds)> Attempts
    {
        get
        {
            lock (gate)
                return [.. attempts];
        }
    }

    public void Dispose() => listener.Dispose();

    /// <summary>How many connections a side has open now.</summary>
    internal long Open(string side)
    {
        lock (gate)
        {
            open.Clear();
            listener.RecordObservableInstruments();
            return open.GetValueOrDefault(side);
        }
    }

    /// <summary>What a counter has come to on a side: altogether, or with a code.</summary>
    internal long Sum(string instrument, string side, StatusCode? code = null)
    {
        lock (gate)
            return counted.Where(one => one.Instrument == instrument && one.Side == side && (code is null || one.Code == code)).Sum(static one => one.Value);
    }

    private void OnCount(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Read(tags) is not var (side, code))
            return;
        lock (gate)
        {
            if (instrument.IsObservable)
                open[side] = value;
            else
                counted.Add((instrument.Name, side, code, value));
        }
    }

    private void OnDuration(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Read(tags) is not var (_, code))
            return;
        lock (gate)
            attempts.Add((code!.Value, value));
    }

    /// <summary>The side and the code of a measurement; null when it is about another server.</summary>
    private (string Side, StatusCode? Code)? Read(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var named = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value);
        if (!Equals(named["server.address"], server))
            return null;
        return ((string)named["hawser.side"]!, (StatusCode?)(int?)named.GetValueOrDefault("rpc.hawser.status_code"));
    }
}
