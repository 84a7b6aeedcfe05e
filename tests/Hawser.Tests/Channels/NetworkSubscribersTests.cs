using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Tests.Channels;

public sealed class NetworkSubscribersTests
{
    private readonly NetworkSubscribers subscribers = new();

    [Fact]
    public void One_that_fails_is_logged_and_keeps_nothing_from_the_others()
    {
        var told = new List<string>();
        var logger = new RecordingLogger();
        subscribers.Add(() => told.Add("first"), NullLogger.Instance);
        subscribers.Add(() => throw new InvalidOperationException("the interface is gone"), logger);
        subscribers.Add(() => told.Add("last"), NullLogger.Instance);

        subscribers.Tell();

        Assert.Equal(["first", "last"], told.Order());
        Assert.Equal((35, "the interface is gone"), Assert.Single(logger.Entries));
    }

    [Fact]
    public void One_that_has_left_is_told_nothing()
    {
        var told = 0;
        var left = subscribers.Add(() => told++, NullLogger.Instance);
        subscribers.Add(() => told += 10, NullLogger.Instance);

        left.Dispose();
        subscribers.Tell();

        Assert.Equal(10, told);
    }

    private sealed class RecordingLogger : ILogger
    {
        internal List<(int Id, string? Failure)> Entries { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Entries.Add((eventId.Id, exception?.Message));
    }
}
