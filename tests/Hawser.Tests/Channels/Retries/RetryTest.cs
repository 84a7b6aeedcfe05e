using Hawser.Testing;

namespace Hawser.Tests.Channels.Retries;

/// <summary>A retrying client over a scripted one, on a clock that stands still.</summary>
public abstract class RetryTest
{
    internal const string Echo = "Test/Echo";

    private protected static readonly byte[] Hello = [1, 2, 3];

    private protected ManualTimeProvider Clock { get; } = new();

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected RetryingClient Retrying(ScriptedClient wire, params (string Name, MethodPolicy Policy)[] policies) => new(
        wire,
        new HawserChannelOptions
        {
            TimeProvider = Clock,
            Methods = policies.ToDictionary(one => one.Name, one => one.Policy, StringComparer.Ordinal),
        });

    private protected CallInvoker Invoker(ScriptedClient wire, params (string Name, MethodPolicy Policy)[] policies) => new ClientInvoker(Retrying(wire, policies));

    private protected static Task<byte[]> CallAsync(CallInvoker invoker, CallOptions options = default) => invoker.CallAsync<byte[], byte[]>(Echo, Hello, options).AsTask();

    /// <summary>Lets time pass, timer by timer, until a task has ended.</summary>
    private protected async Task AdvanceUntilEndAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            await EventuallyAsync(() => task.IsCompleted || Clock.PendingTimers > 0);
            if (!task.IsCompleted)
                Clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
    }

    private protected static async Task<RpcException> FailureOfAsync(Task call) => await Assert.ThrowsAsync<RpcException>(() => call);
}
