using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>What belongs to one connection and ends with it: items, endpoints of its own, a serial context with timers. Each is made when it is first asked for.</summary>
public abstract partial class Connection
{
    /// <summary>How many pieces of work may wait on the serial context of one connection: 10,000. One more is refused with <see cref="StatusCode.ResourceExhausted"/>.</summary>
    public const int MaxPostedWork = 10_000;

    private ConnectionItems? items;
    private EndpointRegistry? endpoints;
    private SerialContext? serialContext;
    private bool isContextOver;

    /// <summary>What the application remembers of this connection. Kept until the connection's last callback has ended, then let go.</summary>
    public ConnectionItems Items => items ?? MakeOnce(ref items, new ConnectionItems(this));

    /// <summary>
    /// Endpoints that the peer of this connection alone can call, before those that it shares with others: one of the same name takes the place of the shared one. Map them in
    /// <see cref="HawserServerOptions.ConnectionOpening"/> to have them there with the first call. Listings (<c>hawser list</c>) show the shared ones only. Once the connection has ended, mapping fails
    /// with an <see cref="RpcException"/> (<see cref="StatusCode.Unavailable"/>).
    /// </summary>
    public EndpointRegistry Endpoints => endpoints ?? MakeOnce(ref endpoints, new EndpointRegistry(Codec));

    /// <summary>The connection's own endpoints; null when it has none.</summary>
    internal EndpointRegistry? OwnEndpoints => Volatile.Read(ref endpoints);

    /// <summary>Runs work one piece at a time.</summary>
    internal SerialContext SerialContext => serialContext ?? MakeOnce(ref serialContext, new SerialContext(this, Logger, Clock));

    private protected abstract TimeProvider Clock { get; }

    private protected abstract ILogger Logger { get; }

    /// <summary>Has work run on the connection's serial context: one piece at a time, in order, each until its task has ended. State that is touched there only needs no lock.</summary>
    /// <param name="work">The work. What it throws is logged, and ends nothing.</param>
    /// <remarks>
    /// What runs there: work posted here, timers, the server's opening and close callbacks, and, with <see cref="HawserServerOptions.SerialHandlers"/>, handlers. When the connection has
    /// ended and its close callback has run, work that still waits is dropped. Any thread.
    /// </remarks>
    /// <exception cref="RpcException">
    /// The connection has ended (<see cref="StatusCode.Unavailable"/>), or <see cref="MaxPostedWork"/> pieces wait already (<see cref="StatusCode.ResourceExhausted"/>). The work was not run.
    /// </exception>
    public void Post(Func<ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        SerialContext.Post(work);
    }

    /// <summary>Has work run on the connection's serial context, and waits for it. Called from work that runs there already, it runs at once, as part of that.</summary>
    /// <param name="work">The work.</param>
    /// <returns>A task that ends as the work's does.</returns>
    /// <inheritdoc cref="Post" path="/exception"/>
    public Task InvokeAsync(Func<ValueTask> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return SerialContext.InvokeAsync(async () =>
        {
            await work().ConfigureAwait(false);
            return default(Empty);
        });
    }

    /// <summary>Has work run on the connection's serial context, and waits for its result. Called from work that runs there already, it runs at once, as part of that.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="work">The work.</param>
    /// <returns>The work's result.</returns>
    /// <inheritdoc cref="Post" path="/exception"/>
    public Task<T> InvokeAsync<T>(Func<ValueTask<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return SerialContext.InvokeAsync(work);
    }

    /// <summary>Has a callback run on the connection's serial context after a time, and again after each period. It stops with the connection.</summary>
    /// <param name="dueTime">When first; zero for as soon as possible.</param>
    /// <param name="period">How long between; <see cref="Timeout.InfiniteTimeSpan"/> for once only.</param>
    /// <param name="callback">The callback. What it throws is logged, and the timer goes on. While one still waits or runs no other is queued: a late one takes the place of those it missed.</param>
    /// <returns>Stops the timer when it is disposed; a callback that runs already goes on.</returns>
    /// <remarks>By the clock of the server's or the channel's options.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A time is negative, or longer than about 49 days.</exception>
    /// <exception cref="RpcException">The connection has ended.</exception>
    public IDisposable StartTimer(TimeSpan dueTime, TimeSpan period, Func<ValueTask> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return SerialContext.StartTimer(dueTime, period, callback);
    }

    /// <summary>What is said to those who ask something of a connection that is not open.</summary>
    internal abstract Status NotOpen();

    /// <summary>What is thrown at those who ask something of a connection that has ended.</summary>
    internal RpcException NotOpenFailure() => new(NotOpen()) { NotRun = true };

    /// <summary>The connection has ended, and so has the last handler that knew it: lets go of what belongs to it.</summary>
    internal void EndContext()
    {
        Interlocked.Exchange(ref isContextOver, true);
        Volatile.Read(ref serialContext)?.End();
        Volatile.Read(ref items)?.End();
        OwnEndpoints?.End(this);
        CurrentOutbox?.End();
    }

    private T MakeOnce<T>(ref T? field, T made)
        where T : class
    {
        var one = Interlocked.CompareExchange(ref field, made, null) ?? made;

        // What is asked for after the end is made all the same, and says so. Exchanges order memory: either this sees the end, or the end sees what was made.
        if (Volatile.Read(ref isContextOver))
            EndContext();
        return one;
    }
}
