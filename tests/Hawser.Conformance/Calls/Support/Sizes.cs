namespace Hawser.Conformance.Calls;

/// <summary>Sizes at which buffers, windows and frames have their edges.</summary>
public static class Sizes
{
    /// <summary>The smallest windows there are.</summary>
    public static readonly ConnectionLimits SmallWindows = new() { CallWindow = 64 * 1024, ConnectionWindow = 64 * 1024 };

    /// <summary>Lengths of bodies from nothing to a few MiB, most of them one off a power of two.</summary>
    public static IEnumerable<int> OfBodies { get; } =
    [
        0, 1, 2, 127, 128, 129, .. Around(4096, 8192, 16_384, 65_536), 131_072, (256 * 1024) - 17, .. Around(256 * 1024), (256 * 1024) + 17, .. Around(1024 * 1024), 3_000_000,
    ];

    /// <summary>Each size, and a few bytes less and more, for headers take some.</summary>
    public static IEnumerable<int> Around(params int[] sizes) =>
        sizes.SelectMany(static size => new[] { -19, -9, -5, -4, -3, -2, -1, 0, 1 }.Select(off => size + off));
}
