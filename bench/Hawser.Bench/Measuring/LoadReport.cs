using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Bench.Measuring;

/// <summary>What a load command prints as one JSON object: the keys of <c>hawser bench --json</c>, and those that only this program measures.</summary>
internal sealed record LoadReport
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public double? CallsPerSecond { get; init; }

    public double? CallsPerSecondWithConnecting { get; init; }

    public double? MessagesPerSecond { get; init; }

    public double? BytesPerSecond { get; init; }

    [JsonPropertyName("p50_us")]
    public double? P50 { get; init; }

    [JsonPropertyName("p90_us")]
    public double? P90 { get; init; }

    [JsonPropertyName("p99_us")]
    public double? P99 { get; init; }

    [JsonPropertyName("p999_us")]
    public double? P999 { get; init; }

    [JsonPropertyName("max_us")]
    public double? Max { get; init; }

    public long Errors { get; init; }

    /// <summary>Of both processes together.</summary>
    public double? CpuSecondsPerGib { get; init; }

    public double? AllocatedBytesPerBufferClient { get; init; }

    public double? AllocatedBytesPerBufferServer { get; init; }

    public double? AllocatedBytesPerCallClient { get; init; }

    public double? AllocatedBytesPerCallServer { get; init; }

    public double? CallsPerServerCpuSecond { get; init; }

    public double? ResidentBytesPerConnection { get; init; }

    public double? HeapBytesPerConnection { get; init; }

    /// <summary>The processor time that a server spends on connections that only keep alive, in hundredths of one core.</summary>
    public double? IdlePercentOfACore { get; init; }

    public LoadReport With(Histogram latencies) => this with
    {
        P50 = latencies.Microseconds(0.5),
        P90 = latencies.Microseconds(0.9),
        P99 = latencies.Microseconds(0.99),
        P999 = latencies.Microseconds(0.999),
        Max = latencies.MaxMicroseconds,
    };

    public void Print() => Console.WriteLine(JsonSerializer.Serialize(this, Json));
}
