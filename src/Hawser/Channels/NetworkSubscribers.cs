using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Who is told that the machine's network has changed. What one of them throws is logged, and keeps nothing from the others.</summary>
internal sealed class NetworkSubscribers
{
    private readonly Lock gate = new();
    private readonly HashSet<Subscription> subscriptions = [];

    /// <summary>Has something done after each change, until what is returned is disposed.</summary>
    internal IDisposable Add(Action changed, ILogger logger)
    {
        var subscription = new Subscription(this, changed, logger);
        lock (gate)
            subscriptions.Add(subscription);
        return subscription;
    }

    internal void Tell()
    {
        Subscription[] told;
        lock (gate)
            told = [.. subscriptions];
        foreach (var subscription in told)
        {
            try
            {
                subscription.Changed();
            }
            catch (Exception exception)
            {
                // It runs on a timer's thread, where it would end the process; interfaces come and go while they are asked.
                ChannelLog.NetworkChangeFailed(subscription.Logger, exception);
            }
        }
    }

    private sealed class Subscription(NetworkSubscribers owner, Action changed, ILogger logger) : IDisposable
    {
        internal Action Changed => changed;

        internal ILogger Logger => logger;

        public void Dispose()
        {
            lock (owner.gate)
                owner.subscriptions.Remove(this);
        }
    }
}
