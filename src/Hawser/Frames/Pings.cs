namespace Hawser.Frames;

/// <summary>The pings that a connection has sent, those of keep-alive and those that a program asked for.</summary>
/// <remarks>Safe from any thread. Numbers count up from 1; a peer may answer a ping more than once, and the first answer counts.</remarks>
internal sealed class Pings(TimeProvider time)
{
    /// <summary>How many pings of the program may be unanswered; one more waits for its turn.</summary>
    private const int MaxAwaited = 64;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim turns = new(MaxAwaited);
    private readonly Dictionary<ulong, Awaited> awaited = [];
    private ulong last;
    private ulong keepAlive;
    private long keepAliveSent;
    private TimeSpan? roundTripTime;
    private Status? end;

    /// <summary>The round trip of the ping that was answered last; null before the first.</summary>
    public TimeSpan? RoundTripTime
    {
        get
        {
            lock (gate)
                return roundTripTime;
        }
    }

    /// <summary>How long ago the ping of keep-alive was sent that is not answered yet; null when there is none.</summary>
    public TimeSpan? KeepAliveUnanswered
    {
        get
        {
            lock (gate)
                return keepAlive == 0 ? null : time.GetElapsedTime(keepAliveSent);
        }
    }

    /// <summary>The number of a new ping of keep-alive.</summary>
    public ulong BeginKeepAlive()
    {
        lock (gate)
        {
            keepAlive = ++last;
            keepAliveSent = time.GetTimestamp();
            return keepAlive;
        }
    }

    /// <summary>Sends a ping and waits for its answer.</summary>
    /// <param name="send">Sends the ping with a number.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The round trip.</returns>
    /// <exception cref="RpcException">The connection ended first.</exception>
    public async ValueTask<TimeSpan> PingAsync(Action<ulong> send, CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        var answer = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong number = 0;
        try
        {
            lock (gate)
            {
                if (end is not null)
                    throw new RpcException(end);
                number = ++last;
                awaited.Add(number, new Awaited(answer, time.GetTimestamp()));
            }

            send(number);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                awaited.Remove(number);
            }

            turns.Release();
        }
    }

    /// <summary>The peer has answered a ping.</summary>
    /// <exception cref="ProtocolViolationException">No such ping was sent.</exception>
    public void OnPong(ulong number)
    {
        lock (gate)
        {
            if (number == 0 || number > last)
                throw new ProtocolViolationException("The peer answered a ping that was never sent.");
            if (number == keepAlive)
            {
                keepAlive = 0;
                roundTripTime = time.GetElapsedTime(keepAliveSent);
            }
            else if (awaited.Remove(number, out var ping))
            {
                roundTripTime = time.GetElapsedTime(ping.SentAt);
                ping.Answer.TrySetResult(roundTripTime.Value);
            }
        }
    }

    /// <summary>There will be no more answers.</summary>
    public void End(Status status)
    {
        lock (gate)
        {
            end ??= status;
            foreach (var ping in awaited.Values)
                ping.Answer.TrySetException(new RpcException(status));
            awaited.Clear();
        }
    }

    private readonly record struct Awaited(TaskCompletionSource<TimeSpan> Answer, long SentAt);
}
