namespace Hawser.Bench.Tables;

/// <summary>Figures as people read them.</summary>
internal static class Quantity
{
    public static string Format(string key, double? figure) => (key, figure) switch
    {
        (_, null) => "–",
        ("bytes_per_second", >= 1 << 28) => $"{figure / (1L << 30):0.00} GiB/s",
        ("bytes_per_second", _) => $"{figure / (1L << 20):0.0} MiB/s",
        ("cpu_seconds_per_gib", _) => $"{figure:0.000} s/GiB",
        _ when key.EndsWith("_us", StringComparison.Ordinal) => Microseconds(figure.Value),
        _ when key.EndsWith("_per_second", StringComparison.Ordinal) || key.EndsWith("_cpu_second", StringComparison.Ordinal) || key.EndsWith("_with_connecting", StringComparison.Ordinal) => $"{Short(figure.Value)}/s",
        ("resident_bytes_per_connection" or "heap_bytes_per_connection", _) => $"{figure / 1024:0.0} KiB",
        ("idle_percent_of_a_core", _) => $"{figure:0.00} %",
        _ => $"{figure:0} B",
    };

    /// <summary>A key in words: <c>calls per second</c>.</summary>
    public static string Name(string key) => key.EndsWith("_us", StringComparison.Ordinal) ? key[..^3] : key.Replace('_', ' ');

    private static string Microseconds(double figure) => figure switch
    {
        >= 1_000_000 => $"{figure / 1_000_000:0.00} s",
        >= 1000 => $"{figure / 1000:0.00} ms",
        _ => $"{figure:0.0} µs",
    };

    private static string Short(double figure) => figure switch
    {
        >= 1_000_000 => $"{figure / 1_000_000:0.00} M",
        >= 1000 => $"{figure / 1000:0.0} k",
        _ => $"{figure:0}",
    };
}
