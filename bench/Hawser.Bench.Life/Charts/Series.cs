namespace Hawser.Bench.Life.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Color">As SVG writes it.</param>
/// <param name="Points">From left to right.</param>
internal sealed record Series(string Name, string Color, IReadOnlyList<(double X, double Y)> Points);
