using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Bench;

/// <summary>Puts a bench's result in words for people, or in JSON for programs.</summary>
internal static class BenchReport
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Name, double Percent)[] Percentiles = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9)];

    /// <summary>The lines for a terminal.</summary>
    /// <param name="result">What was measured.</param>
    /// <param name="width">How many characters a line may have.</param>
    public static IEnumerable<string> Text(BenchResult result, int width)
    {
        var total = result.Total;
        yield return $"calls     {Number(total.Calls),16}   {Number(result.CallsPerSecond)}/s ({Number(result.CallsPerSecondWithConnecting)}/s with connecting)";
        yield return $"messages  {Number(Math.Max(total.MessagesSent, total.MessagesReceived)),16}   {Number(result.MessagesPerSecond)}/s";
        yield return $"bytes     {ByteSize.Format(Math.Max(total.BytesSent, total.BytesReceived)),16}   {ByteSize.Format(result.BytesPerSecond)}/s";
        yield return $"errors    {Number(total.Errors),16}{(total.FirstError is { } error ? $"   the first: {Failure.OneLine(Wording.ForUsers(error.ToString()))}" : "")}";
        if (total.NotMade > 0)
            yield return $"not made  {Number(total.NotMade),16}   the server was away for {ReconnectPause.Patience.TotalSeconds:0} s";
        yield return $"time      {Duration.Format(result.Elapsed),16}   connecting took {Duration.Format(result.Connecting)} before";
        if (total.Latencies.Count == 0)
            yield break;
        yield return "";
        var latencies = Percentiles.Select(percentile => $"{percentile.Name} {Time(result.PercentileMicroseconds(percentile.Percent))}");
        yield return $"latency   {string.Join("   ", latencies)}   max {Time(result.MaxMicroseconds)}";
        yield return "";
        foreach (var line in HistogramChart.Draw(total.Latencies, ticks => Time(result.Microseconds(ticks)), width))
            yield return line;
    }

    /// <summary>One JSON object.</summary>
    public static string Json(BenchResult result)
    {
        var total = result.Total;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Relaxed))
        {
            writer.WriteStartObject();
            Write(writer, "calls_per_second", result.CallsPerSecond);
            Write(writer, "calls_per_second_with_connecting", result.CallsPerSecondWithConnecting);
            Write(writer, "messages_per_second", result.MessagesPerSecond);
            Write(writer, "bytes_per_second", result.BytesPerSecond);
            Write(writer, "p50_us", result.PercentileMicroseconds(50));
            Write(writer, "p90_us", result.PercentileMicroseconds(90));
            Write(writer, "p99_us", result.PercentileMicroseconds(99));
            Write(writer, "p999_us", result.PercentileMicroseconds(99.9));
            Write(writer, "max_us", result.MaxMicroseconds);
            writer.WriteNumber("errors", total.Errors);
            if (total.FirstError is { } error)
                writer.WriteString("first_error", error.ToString());
            writer.WriteNumber("calls_not_made", total.NotMade);
            writer.WriteNumber("calls", total.Calls);
            writer.WriteNumber("messages_sent", total.MessagesSent);
            writer.WriteNumber("messages_received", total.MessagesReceived);
            writer.WriteNumber("bytes_sent", total.BytesSent);
            writer.WriteNumber("bytes_received", total.BytesReceived);
            Write(writer, "seconds", result.Elapsed.TotalSeconds, digits: 6);
            Write(writer, "connecting_seconds", result.Connecting.TotalSeconds, digits: 6);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, string name, double value, int digits = 1) => writer.WriteNumber(name, Math.Round(value, digits));

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Time(double microseconds) => Duration.Format(TimeSpan.FromMicroseconds(microseconds));
}
