using System.Diagnostics.Metrics;

namespace Hawser.Conformance.Calls;

/// <summary>How many connections to one server are open, as the metrics tell it.</summary>
internal sealed class OpenConnections : IDisposable
{
    private readonly string _server;
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _open = [];

    internal OpenConnections(string server)
    {
        _server = server;
        _listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == "Hawser" && instrument.Name == "hawser.connections.open")
                self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(OnCount);
        _listener.Start();
    }

    /// <summary>Those of the clients, and those of the server.</summary>
    internal (long Client, long Server) Now
    {
        get
        {
            lock (_gate)
            {
                _open.Clear();
                _listener.RecordObservableInstruments();
                return (_open.GetValueOrDefault("client"), _open.GetValueOrDefault("server"));
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void OnCount(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var named = tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value);
        if (Equals(named["server.address"], _server))
            _open[(string)named["hawser.side"]!] = value;
    }
}
