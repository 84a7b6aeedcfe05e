namespace Hawser.Testing;

/// <summary>Counts the bytes that may still arrive in one direction of the network before a cut.</summary>
/// <remarks>Safe from any thread.</remarks>
internal sealed class CutCountdown
{
    private readonly Lock gate = new();
    private long? left;

    /// <summary>Lets so many bytes arrive from now on.</summary>
    public void Start(long bytes)
    {
        lock (gate)
            left = bytes;
    }

    /// <summary>Takes bytes off the count.</summary>
    /// <param name="wanted">How many have come.</param>
    /// <param name="isLast">Whether the cut comes after them; whoever is told so makes it, and the count is over.</param>
    /// <returns>How many may pass.</returns>
    public int Grant(int wanted, out bool isLast)
    {
        lock (gate)
        {
            isLast = left <= wanted;
            if (left is not { } most)
                return wanted;
            left = isLast ? null : most - wanted;
            return isLast ? (int)most : wanted;
        }
    }
}
