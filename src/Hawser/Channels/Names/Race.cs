using System.Runtime.ExceptionServices;

namespace Hawser;

/// <summary>Attempts that run side by side, each begun a little after the one before it: the first that succeeds wins.</summary>
/// <remarks>Source: RFC 8305, "Happy Eyeballs", section 5. An address that does not answer, a blocked UDP port for instance, so costs no more than <see cref="HeadStart"/>.</remarks>
internal static class Race
{
    /// <summary>How long an attempt is alone before the next one begins; that begins at once when the one before it has failed.</summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs the attempts.</summary>
    /// <typeparam name="T">What is won. What a loser wins too late is disposed.</typeparam>
    /// <param name="names">What each attempt is on, for people; one attempt per name, at least one.</param>
    /// <param name="attempt">
    /// Makes the attempt of that position. Its token fires when the race is over, for the winner as well: what it gives back must not depend on the token any more.
    /// </param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ends the race.</param>
    /// <returns>The position of the winner, and what it won. Losers may still be on their way out.</returns>
    /// <exception cref="IOException">All attempts failed: the text names each with its reason. A single attempt's own exception is thrown as it is.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<(int Winner, T Result)> RunAsync<T>(
        IReadOnlyList<string> names, Func<int, CancellationToken, Task<T>> attempt, TimeProvider timeProvider, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentOutOfRangeException.ThrowIfZero(names.Count);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<(int Position, Task<T> Task)>(names.Count);
        var failures = new Exception?[names.Count];
        try
        {
            for (var started = 0; started < names.Count || running.Count > 0;)
            {
                if (started < names.Count)
                    running.Add((started, StartAsync(attempt, started++, over.Token)));
                while (await AnyEndedAsync(running, mayStartNext: started < names.Count, timeProvider, over.Token).ConfigureAwait(false))
                {
                    var ended = running.Find(static one => one.Task.IsCompletedSuccessfully) is { Task: not null } won
                        ? won
                        : running.Find(static one => one.Task.IsCompleted);
                    running.Remove(ended);
                    if (ended.Task.IsCompletedSuccessfully)
                        return (ended.Position, await ended.Task.ConfigureAwait(false));
                    cancellationToken.ThrowIfCancellationRequested();
                    failures[ended.Position] = ended.Task.Exception?.InnerException ?? new OperationCanceledException("it was given up");

                    // Whoever failed last leaves nobody to wait for; whoever failed while others run makes room for the next.
                    if (started < names.Count || running.Count == 0)
                        break;
                }
            }
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (var (_, task) in running)
                _ = DiscardAsync(task);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw AllFailed(names, failures!);
    }

    private static async Task<T> StartAsync<T>(Func<int, CancellationToken, Task<T>> attempt, int position, CancellationToken over) =>
        await attempt(position, over).ConfigureAwait(false);

    /// <summary>Waits until an attempt has ended (true) or the next one shall begin beside those that run (false).</summary>
    private static async Task<bool> AnyEndedAsync<T>(List<(int Position, Task<T> Task)> running, bool mayStartNext, TimeProvider timeProvider, CancellationToken over)
    {
        var ended = Task.WhenAny(running.Select(static one => one.Task));
        if (ended.IsCompleted)
            return true;
        try
        {
            await ended.WaitAsync(mayStartNext ? HeadStart : Timeout.InfiniteTimeSpan, timeProvider, over).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task DiscardAsync<T>(Task<T> loser)
    {
        try
        {
            switch (await loser.ConfigureAwait(false))
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
        catch (Exception)
        {
            // It lost the race and was told to stop; how it stops is of interest to nobody.
        }
    }

    private static IOException AllFailed(IReadOnlyList<string> names, Exception[] failures)
    {
        if (failures.Length == 1)
            ExceptionDispatchInfo.Throw(failures[0]);
        var reasons = string.Join("; ", names.Select((name, i) => $"{name}: {failures[i].Message.TrimEnd('.')}"));
        return new IOException($"None of {names.Count} addresses can be connected to ({reasons}).", new AggregateException(failures));
    }
}
