namespace Hawser.Cli.Bench;

/// <summary>What a bench has measured.</summary>
/// <param name="Total">What all callers together have done.</param>
/// <param name="Elapsed">From the start of the first call to the end of the last.</param>
/// <param name="Connecting">How long opening all connections took, before that.</param>
/// <param name="TicksPerSecond">The unit of the latencies.</param>
internal sealed record BenchResult(Tally Total, TimeSpan Elapsed, TimeSpan Connecting, long TicksPerSecond)
{
    public double CallsPerSecond => PerSecond(Total.Calls, Elapsed);

    public double CallsPerSecondWithConnecting => PerSecond(Total.Calls, Elapsed + Connecting);

    /// <summary>Messages in the busier direction: a call that sends one and gets one counts one.</summary>
    public double MessagesPerSecond => PerSecond(Math.Max(Total.MessagesSent, Total.MessagesReceived), Elapsed);

    /// <summary>Bytes of messages and octets in the busier direction, without frames.</summary>
    public double BytesPerSecond => PerSecond(Math.Max(Total.BytesSent, Total.BytesReceived), Elapsed);

    public double PercentileMicroseconds(double percent) => Microseconds(Total.Latencies.Percentile(percent));

    public double MaxMicroseconds => Microseconds(Total.Latencies.Max);

    public double Microseconds(long ticks) => ticks * 1_000_000.0 / TicksPerSecond;

    private static double PerSecond(long count, TimeSpan time) => time > TimeSpan.Zero ? count / time.TotalSeconds : 0;
}
