namespace Hawser;

/// <summary>One method of a server that is watched, at one moment.</summary>
public sealed record MethodSnapshot
{
    /// <summary>Its full name.</summary>
    public required string Name { get; init; }

    /// <summary>Calls that have ended since somebody began to watch.</summary>
    public long CallsEnded { get; init; }

    /// <summary>Those of <see cref="CallsEnded"/> with another status than OK.</summary>
    public long CallsFailed { get; init; }

    /// <summary>How many calls ended per second since the snapshot before; null in the first.</summary>
    public double? CallsPerSecond { get; init; }

    /// <summary>How long these calls took on average, in milliseconds; null when there are none.</summary>
    public double? MeanMilliseconds { get; init; }
}
