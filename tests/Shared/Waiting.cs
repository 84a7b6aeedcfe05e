using System.Runtime.CompilerServices;

namespace Hawser.Tests.Shared;

/// <summary>How tests wait. No test measures time by it, and no result depends on how long a wait takes.</summary>
internal static class Waiting
{
    /// <summary>Ends a test that hangs, in milliseconds; says nothing about speed, and is generous for slow machines.</summary>
    public const int Hang = 150_000;

    /// <summary>After so long one step of a test that waits has found a hang. Less than <see cref="Hang"/>, so that the step can say what it has waited for.</summary>
    public static readonly TimeSpan HangTime = TimeSpan.FromMinutes(2);

    private const int Yields = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Waits for what follows from what was done, and nothing announces.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="what">The same in words, for a wait in vain.</param>
    public static Task EventuallyAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        WaitAsync(condition, static looks => looks < Yields ? YieldAsync() : PauseAsync(), what);

    /// <summary>Does something again and again until something has come of it: after each time, what it set off gets a turn.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="condition">What is waited for.</param>
    /// <param name="what">The same in words, for a wait in vain.</param>
    public static Task RepeatUntilAsync(Action step, Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        WaitAsync(
            condition,
            _ =>
            {
                step();
                return PauseAsync();
            },
            what);

    private static async Task WaitAsync(Func<bool> condition, Func<int, Task> between, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var looks = 0; !condition(); looks++)
        {
            if (TimeProvider.System.GetElapsedTime(started) > HangTime)
                throw new TimeoutException($"Waited {HangTime.TotalSeconds:0} s in vain until {what}.");
            await between(looks);
        }
    }

    private static async Task YieldAsync() => await Task.Yield();

    // The one real wait of the tests: a core that looks again and again would be taken from what the test waits for.
    private static Task PauseAsync() => Task.Delay(Pause, TimeProvider.System, Xunit.TestContext.Current.CancellationToken);
}
