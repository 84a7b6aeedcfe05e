namespace Hawser;

/// <summary>Credentials that many calls share, until they expire. Whoever comes when there are none waits for one request that all share.</summary>
internal sealed class CredentialsCache(CredentialsRequest request)
{
    private readonly Lock gate = new();
    private Entry? current;
    private Task<Credentials>? pending;
    private long failedAt;
    private bool hasFailed;

    /// <summary>The credentials, if they are here. New ones are got meanwhile when these expire soon.</summary>
    public Credentials? Find()
    {
        if (Volatile.Read(ref current) is not { } entry)
            return null;
        if (entry.Lifetime is not { } lifetime)
            return entry.Credentials;
        var age = request.Time.GetElapsedTime(entry.From);
        if (age >= lifetime)
            return null;
        if (age >= entry.RenewAfter)
            RenewUnlessTriedLately();
        return entry.Credentials;
    }

    /// <summary>Gets new credentials, for all who wait.</summary>
    /// <exception cref="RpcException">There are none.</exception>
    public Task<Credentials> GetAsync()
    {
        lock (gate)
        {
            return pending ??= RequestAsync();
        }
    }

    private void RenewUnlessTriedLately()
    {
        lock (gate)
        {
            if (pending is not null || (hasFailed && request.Time.GetElapsedTime(failedAt) < CredentialsLifetime.RetryDelay))
                return;
            pending = RequestAsync();

            // Those that are here still serve; when they no longer do, whoever then needs others is told.
            _ = pending.ContinueWith(static request => request.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private async Task<Credentials> RequestAsync()
    {
        // Whoever calls holds the gate and has not set the task yet.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Entry? entry = null;
        try
        {
            var credentials = await request.GetAsync().ConfigureAwait(false);
            var lifetime = credentials.Expires - request.Time.GetUtcNow();
            entry = new Entry(credentials, request.Time.GetTimestamp(), lifetime, lifetime is { } left ? CredentialsLifetime.RenewAfter(left) : default);
            return credentials;
        }
        finally
        {
            lock (gate)
            {
                pending = null;
                hasFailed = entry is null;
                failedAt = request.Time.GetTimestamp();
                if (entry is not null)
                    Volatile.Write(ref current, entry);
            }
        }
    }

    private sealed record Entry(Credentials Credentials, long From, TimeSpan? Lifetime, TimeSpan RenewAfter);
}
