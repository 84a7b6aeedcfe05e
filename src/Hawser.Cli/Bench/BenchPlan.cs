namespace Hawser.Cli.Bench;

/// <summary>What a bench does, as its user asked for it.</summary>
internal sealed record BenchPlan
{
    /// <summary>How many connections, each with a channel of its own.</summary>
    public int Connections { get; init; } = 1;

    /// <summary>How many callers there are on all connections together.</summary>
    public int Callers { get; init; } = 1;

    /// <summary>Whether every connection starts all its calls at once.</summary>
    public bool AllInFlight { get; init; }

    /// <summary>How many calls each connection makes; null when the time decides.</summary>
    public int? CallsPerConnection { get; init; }

    /// <summary>How long calls are made, when their number does not decide.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long calls are made before, on connections of their own, unmeasured.</summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many calls are started each second on all connections together, come what may; null when each caller calls as soon as it has its answer.</summary>
    public int? Rate { get; init; }

    /// <summary>How many callers a connection has: the first ones get one more when they cannot be shared out evenly.</summary>
    public int CallersOf(int connection) => (Callers / Connections) + (connection < Callers % Connections ? 1 : 0);

    /// <summary>The plan in words.</summary>
    public string Describe()
    {
        var connections = Connections == 1 ? "1 connection" : $"{Connections} connections";
        var callers = AllInFlight ? "all calls in flight at once" : Callers == 1 ? "1 caller" : $"{Callers} callers";
        var amount = CallsPerConnection is { } calls ? $"{calls} calls per connection" : $"{Duration.TotalSeconds:0.###} s";
        var rate = Rate is { } perSecond ? $", {perSecond} calls/s" : "";
        var warmup = Warmup > TimeSpan.Zero
            ? $"after {Warmup.TotalSeconds:0.###} s of warm-up on connections of its own (not measured)"
            : "without warm-up";
        return $"{connections}, {callers}, {amount}{rate}, {warmup}";
    }
}
