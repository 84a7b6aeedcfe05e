using Microsoft.Extensions.Logging;

namespace Hawser.Tests.Frames.Connections;

/// <summary>A logger that keeps whoever writes one kind of entry until the test lets it go on: it stops a thread in the middle of what it does.</summary>
/// <param name="eventId">The entry's number.</param>
internal sealed class HeldLogger(int eventId) : ILogger
{
    /// <summary>Written when a connection has been opened.</summary>
    public const int ConnectionOpened = 1;

    /// <summary>Written when it is certain that a call is refused, and the peer has not been told yet.</summary>
    public const int CallRefused = 7;

    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody is kept.</summary>
    public Task Held => held.Task;

    public void Release() => released.TrySetResult();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId entry, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (entry.Id != eventId)
            return;
        held.TrySetResult();
        released.Task.GetAwaiter().GetResult();
    }
}
