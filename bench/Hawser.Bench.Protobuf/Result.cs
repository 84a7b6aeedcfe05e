namespace Hawser.Bench.Protobuf;

/// <summary>What a comparison came to: medians of all rounds; the ratio is taken within a round.</summary>
internal sealed record Result(
    string Work, double OursPerSecond, double GooglesPerSecond, double Ratio, double LowestRatio, double HighestRatio, long OursAllocated, long GooglesAllocated)
{
    internal const string Header =
        """
        | work | dynamic message, µs | Google's generated code, µs | times as fast | lowest – highest | bytes allocated, ours | Google's |
        |---|---|---|---|---|---|---|
        """;

    public override string ToString() =>
        $"| {Work} | {1e6 / OursPerSecond:F2} | {1e6 / GooglesPerSecond:F2} | **{Ratio:F2}** | {LowestRatio:F2} – {HighestRatio:F2} | {OursAllocated} | {GooglesAllocated} |";
}
