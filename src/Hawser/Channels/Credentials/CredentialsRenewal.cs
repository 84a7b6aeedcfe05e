using Hawser.Frames;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Renews the credentials of one connection before they expire.</summary>
internal sealed class CredentialsRenewal : IDisposable
{
    private readonly FrameConnection connection;
    private readonly ConnectionCredentialsRequest request;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private volatile Credentials current;

    public CredentialsRenewal(FrameConnection connection, ConnectionCredentialsRequest request, Credentials current, TimeProvider time, ILogger logger)
    {
        this.connection = connection;
        this.request = request;
        this.current = current;
        this.time = time;
        this.logger = logger;
        timer = time.CreateTimer(static state => _ = ((CredentialsRenewal)state!).OnDueAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Schedule();
    }

    /// <summary>Sends new ones that have been asked for.</summary>
    /// <exception cref="RpcException">There are none, or the peer does not take them.</exception>
    public async Task RenewAsync(Task<Credentials> asked, CancellationToken cancellationToken)
    {
        var renewed = await asked.WaitAsync(cancellationToken).ConfigureAwait(false);
        connection.SendMetadata(renewed.Metadata);
        current = renewed;
        Schedule();
    }

    public void Dispose() => timer.Dispose();

    private async Task OnDueAsync()
    {
        try
        {
            await RenewAsync(request.GetAfterAsync(current), connection.Closed).ConfigureAwait(false);
        }
        catch (RpcException exception) when (exception.Code != StatusCode.Unimplemented)
        {
            // Only the code: what a provider says may hold a secret.
            CredentialsLog.RenewalFailed(logger, connection.RemoteAddress, exception.Code, CredentialsLifetime.RetryDelay);
            Schedule(CredentialsLifetime.RetryDelay);
        }
        catch (RpcException)
        {
            CredentialsLog.RenewalNotTaken(logger, connection.RemoteAddress);
        }
        catch (OperationCanceledException)
        {
            // The connection has ended; the next asks for its own.
        }
    }

    /// <summary>Sets when new ones are asked for.</summary>
    private void Schedule()
    {
        if (current.Expires is { } expires)
            Schedule(CredentialsLifetime.RenewAfter(expires - time.GetUtcNow()));
    }

    private void Schedule(TimeSpan due) => timer.Change(FrameLimits.TimerDue(due), Timeout.InfiniteTimeSpan);
}
