namespace Hawser.Grpc.Client;

/// <summary>A channel's store of retry tokens. Safe from any thread.</summary>
internal sealed class RetryThrottle(RetryPolicy policy)
{
    // Tokens are counted in thousandths, the finest ratio that gRPC has.
    private const int Scale = 1000;

    private readonly Lock gate = new();
    private readonly int most = policy.MaxTokens * Scale;
    private readonly int ratio = (int)(policy.TokenRatio * Scale);
    private int tokens = policy.MaxTokens * Scale;

    /// <summary>Whether there are enough to try again.</summary>
    public bool IsOpen
    {
        get
        {
            lock (gate)
                return tokens > most / 2;
        }
    }

    public void Succeeded()
    {
        lock (gate)
            tokens = Math.Min(most, tokens + ratio);
    }

    public void Failed()
    {
        lock (gate)
            tokens = Math.Max(0, tokens - Scale);
    }
}
