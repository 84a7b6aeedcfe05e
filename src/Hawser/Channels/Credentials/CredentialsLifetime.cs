namespace Hawser;

/// <summary>When credentials are asked for anew.</summary>
internal static class CredentialsLifetime
{
    /// <summary>After a failure it is tried again.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(1);

    /// <summary>After how much of the time that is left: a minute ahead, or a fifth of it when it is short.</summary>
    public static TimeSpan RenewAfter(TimeSpan left) => left - MostAhead > left * 0.8 ? left - MostAhead : left * 0.8;
}
