using System.Buffers;

namespace Hawser;

/// <summary>Gives every call its credentials on its way to the wire, behind the interceptors: what they log has none.</summary>
internal sealed class CallCredentials(WireClient client, CredentialsCache cache, TimeProvider time)
{
    /// <summary>What a channel's calls go through; null when its options name no credentials for calls.</summary>
    public static CallCredentials? Of(HawserChannelOptions options, string address, WireClient client) => options.CallCredentials is { } provider
        ? new CallCredentials(client, new CredentialsCache(new CredentialsRequest(provider, address, options)), options.TimeProvider)
        : null;

    public ValueTask<ClientCall> StartAsync(Method method, CallOptions options) =>
        cache.Find() is { } credentials ? client.StartAsync(method, With(options, credentials)) : StartLaterAsync(method, options);

    public void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (cache.Find() is { } credentials)
            client.StartUnary(method, With(options, credentials), request, hasRequest, reply);
        else
            _ = StartUnaryLaterAsync(method, options, request.ToArray(), hasRequest, reply);
    }

    /// <summary>Asks for new ones now, whether those that are here have expired or not.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => cache.GetAsync().WaitAsync(cancellationToken);

    private static CallOptions With(in CallOptions options, Credentials credentials)
    {
        if (options.Metadata is not { Count: > 0 } own)
            return options with { Metadata = credentials.Metadata };
        var both = new Metadata();
        foreach (var entry in own)
            Add(both, entry);
        foreach (var entry in credentials.Metadata)
        {
            // What a call says itself is meant.
            if (!own.Any(mine => string.Equals(mine.Key, entry.Key, StringComparison.Ordinal)))
                Add(both, entry);
        }

        return options with { Metadata = both };
    }

    private static void Add(Metadata metadata, in Metadata.Entry entry)
    {
        if (entry.Value is { } text)
            metadata.Add(entry.Key, text);
        else
            metadata.Add(entry.Key, entry.Bytes);
    }

    private async ValueTask<ClientCall> StartLaterAsync(Method method, CallOptions options) =>
        await client.StartAsync(method, await WaitAsync(method, options).ConfigureAwait(false)).ConfigureAwait(false);

    private async Task StartUnaryLaterAsync(Method method, CallOptions options, byte[] request, bool hasRequest, UnaryReply reply)
    {
        CallOptions ready;
        try
        {
            ready = await WaitAsync(method, options).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RpcException or OperationCanceledException)
        {
            var status = exception is RpcException failure ? failure.Status : new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method}'.");
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            reply.Fail(status, notRun: true, Metadata.Empty, Metadata.Empty);
            return;
        }

        client.StartUnary(method, ready, new ReadOnlySequence<byte>(request), hasRequest, reply);
    }

    /// <summary>Waits for credentials, no longer than the call has time.</summary>
    private async ValueTask<CallOptions> WaitAsync(Method method, CallOptions options)
    {
        var from = time.GetTimestamp();
        try
        {
            var most = options.Timeout is { } timeout ? Frames.FrameLimits.TimerDue(timeout) : Timeout.InfiniteTimeSpan;
            var credentials = await cache.GetAsync().WaitAsync(most, time, options.CancellationToken).ConfigureAwait(false);
            var ready = With(options, credentials);
            return ready.Timeout is { } left ? ready with { Timeout = left - time.GetElapsedTime(from) } : ready;
        }
        catch (TimeoutException)
        {
            throw new RpcException(StatusCode.DeadlineExceeded, $"The deadline of the call of '{method}' passed while its credentials were awaited. The call was not run.") { NotRun = true };
        }
    }
}
