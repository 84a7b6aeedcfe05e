using System.Collections;
using System.Collections.Concurrent;
using System.Net;
using Hawser.Testing;
using Hawser.Tests.Channels.Retries;

namespace Hawser.Tests.Channels.Life;

/// <summary>What becomes of the servers that a name stands for while their channel drains or is disposed.</summary>
public sealed class BalancedServersTests
{
    private static readonly IPAddress One = IPAddress.Parse("127.0.0.1");
    private static readonly IPAddress Two = IPAddress.Parse("127.0.0.2");

    private readonly ManualTimeProvider clock = new();
    private readonly ConcurrentDictionary<IPAddress, ScriptedServer> made = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Hang)]
    public async Task A_channel_that_drains_while_its_name_is_looked_up_gets_no_servers()
    {
        var answer = new TaskCompletionSource<IReadOnlyList<IPAddress>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isAsked = false;
        await using var client = Create(() =>
        {
            Volatile.Write(ref isAsked, true);
            return answer.Task;
        });
        var opening = client.OpenAsync(Token).AsTask();
        await EventuallyAsync(() => Volatile.Read(ref isAsked));

        await client.DrainAsync();
        answer.SetResult([One]);

        var failure = await Assert.ThrowsAsync<RpcException>(() => opening);
        Assert.Contains("draining", failure.Status.Text, StringComparison.Ordinal);
        Assert.Empty(made);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_is_lost_while_the_channel_is_disposed_is_not_replaced()
    {
        IPAddress[] hosts = [One];
        await using var client = Create(() => Task.FromResult<IReadOnlyList<IPAddress>>(hosts), out var sets);
        await client.OpenAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(2));
        hosts = [Two];
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        made[One].Status.Changed += (_, _) => told.SetResult();

        // After the channel has looked whether it is being disposed, and before it asks for the name.
        sets.OnLook = () => client.DisposeAsync().AsTask().Wait(HangTime, Token);
        made[One].Status.Enter(ChannelState.BackingOff);
        await told.Task;

        // What must not follow would do so on another thread: it gets many turns.
        for (var i = 0; i < 1000; i++)
            await Task.Yield();
        Assert.Equal([One], made.Keys);
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_the_name_no_longer_stands_for_is_waited_for_when_the_channel_drains()
    {
        IPAddress[] hosts = [One, Two];
        await using var client = Create(() => Task.FromResult<IReadOnlyList<IPAddress>>(hosts));
        await client.OpenAsync(Token);
        clock.Advance(TimeSpan.FromSeconds(2));
        var lastCall = new TaskCompletionSource();
        made[One].Drained = lastCall.Task;
        hosts = [Two];
        made[One].Status.Enter(ChannelState.BackingOff);
        await EventuallyAsync(() => made[One].Drains == 1);

        var draining = client.DrainAsync();

        Assert.False(draining.IsCompleted);
        lastCall.SetResult();
        await draining;
    }

    private BalancedClient Create(Func<Task<IReadOnlyList<IPAddress>>> resolve) => Create(resolve, out _);

    private BalancedClient Create(Func<Task<IReadOnlyList<IPAddress>>> resolve, out WatchedSets sets)
    {
        sets = new WatchedSets(new ServerSet(new Uri("tcp://host.example:1"), "tcp://host.example:1", HasName: true, host => made[host!] = new ScriptedServer(isAsked: true)));
        return new BalancedClient(sets, new HawserChannelOptions { TimeProvider = clock, LoadBalancing = LoadBalancing.RoundRobin, NameResolver = new Resolver(resolve) });
    }

    /// <summary>The channel's addresses; something may be done at the next look at them.</summary>
    private sealed class WatchedSets(params ServerSet[] sets) : IReadOnlyList<ServerSet>
    {
        public Action? OnLook { get; set; }

        public int Count => sets.Length;

        public ServerSet this[int index] => sets[index];

        public IEnumerator<ServerSet> GetEnumerator()
        {
            var action = OnLook;
            OnLook = null;
            action?.Invoke();
            return ((IEnumerable<ServerSet>)sets).GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Resolver(Func<Task<IReadOnlyList<IPAddress>>> resolve) : INameResolver
    {
        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => new(resolve());
    }
}
