namespace Hawser;

/// <summary>Asks a provider, within a time, and makes of whatever goes wrong a status that holds no secret.</summary>
internal sealed class CredentialsRequest(CredentialsProvider provider, string address, HawserChannelOptions options)
{
    private readonly CredentialsContext context = new(address);

    public TimeProvider Time => options.TimeProvider;

    /// <exception cref="RpcException">There are none; what needed them was not run.</exception>
    public async Task<Credentials> GetAsync()
    {
        var limit = options.Limits.HandshakeTimeout;
        using var timeout = new CancellationTokenSource(limit, Time);
        try
        {
            // The provider's code runs on a thread of its own, whatever it does before its first await.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var credentials = await provider(context, timeout.Token).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false)
                ?? throw Failure(StatusCode.Unauthenticated, "The provider gave none", null);
            return credentials.Expires <= Time.GetUtcNow()
                ? throw Failure(StatusCode.Unauthenticated, $"The provider gave some that had expired at {credentials.Expires:u}", null)
                : credentials;
        }
        catch (RpcException failure)
        {
            throw new RpcException(failure.Status, failure.Trailers, failure.InnerException) { NotRun = true };
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
        {
            throw Failure(StatusCode.Unavailable, $"The provider did not answer within {limit.TotalSeconds:0.###} s (ConnectionLimits.HandshakeTimeout)", exception);
        }
        catch (Exception exception)
        {
            var code = exception is IOException or HttpRequestException or TimeoutException ? StatusCode.Unavailable : StatusCode.Unauthenticated;
            throw Failure(code, $"The provider failed with {exception.GetType().Name}; see the inner exception", exception);
        }
    }

    private RpcException Failure(StatusCode code, string why, Exception? inner) =>
        new(new Status(code, $"There are no credentials for {context.Address}. {why}. The call was not run."), innerException: inner) { NotRun = true };
}
