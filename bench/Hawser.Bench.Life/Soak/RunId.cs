namespace Hawser.Bench.Life.Soak;

/// <summary>Names one call.</summary>
/// <param name="Caller">Who makes it.</param>
/// <param name="Number">Which of that caller's.</param>
internal readonly record struct RunId(int Caller, long Number);
