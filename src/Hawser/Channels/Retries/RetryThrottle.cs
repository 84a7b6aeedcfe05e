namespace Hawser;

/// <summary>A channel's store of retry tokens. Safe from any thread.</summary>
internal sealed class RetryThrottle(int maxTokens, double tokenRatio)
{
    // Tokens are counted in thousandths, the finest ratio that gRPC has.
    private const int Scale = 1000;

    private readonly Lock gate = new();
    private readonly int most = maxTokens * Scale;
    private readonly int ratio = (int)(tokenRatio * Scale);
    private int tokens = maxTokens * Scale;

    public RetryThrottle(RetryPolicy policy)
        : this(policy.MaxTokens, policy.TokenRatio)
    {
    }

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
        if (Volatile.Read(ref tokens) == most)
            return;
        lock (gate)
            tokens = Math.Min(most, tokens + ratio);
    }

    public void Failed()
    {
        lock (gate)
            tokens = Math.Max(0, tokens - Scale);
    }
}
