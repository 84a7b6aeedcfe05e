namespace Hawser;

/// <summary>The servers: found by name, found again when one is lost, and connected to.</summary>
internal sealed partial class BalancedClient
{
    /// <summary>A name is not asked for again sooner than this.</summary>
    private static readonly TimeSpan ResolveInterval = TimeSpan.FromSeconds(1);

    private readonly HashSet<Server> retired = [];
    private volatile Server[] servers = [];
    private Task? resolving;
    private long resolvedAt;
    private bool isResolved;
    private ChannelClient? picked;
    private int preferred;

    internal override void Reset()
    {
        foreach (var server in servers)
            server.Client.Reset();
    }

    internal override void NetworkChanged()
    {
        foreach (var server in servers)
            server.Client.NetworkChanged();
    }

    internal override Task RefreshCredentialsAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(servers.Select(server => server.Client.RefreshCredentialsAsync(cancellationToken)));

    internal override async Task DrainAsync()
    {
        Server[] all;
        lock (Gate)
        {
            BeginDraining();
            all = [.. servers, .. retired];
        }

        await Task.WhenAll(all.Select(static server => server.Client.DrainAsync())).ConfigureAwait(false);
    }

    protected override async Task CloseAsync()
    {
        Task? pending;
        lock (Gate)
            pending = resolving;
        if (pending is not null)
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Server[] all;
        lock (Gate)
            all = [.. servers, .. retired];
        await Task.WhenAll(all.Select(static server => server.Client.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    /// <summary>Connects: to all servers, until the first answers, or to the first that answers, as the policy says.</summary>
    private async Task OpenServersAsync(CancellationToken cancellationToken)
    {
        await ResolveAsync(mustBeNew: false).WaitAsync(cancellationToken).ConfigureAwait(false);
        var all = servers;
        try
        {
            if (policy == LoadBalancing.PickFirst)
                await PickFirstAsync(all, cancellationToken).ConfigureAwait(false);
            else
                await OpenAnyAsync(all, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new RpcException(Unreached(StatusCode.Unavailable, exception), trailers: null, exception) { NotRun = true };
        }
    }

    private async Task PickFirstAsync(Server[] all, CancellationToken cancellationToken)
    {
        var order = Enumerable.Range(0, all.Length).Select(i => all[(preferred + i) % all.Length]).ToArray();
        var (winner, _) = await Race.RunAsync(
            [.. order.Select(static server => server.Key)],
            async (i, over) => new Won(await order[i].Client.OpenAsync(over).ConfigureAwait(false)),
            Options.TimeProvider,
            cancellationToken).ConfigureAwait(false);
        preferred = Array.IndexOf(all, order[winner]);
        Volatile.Write(ref picked, order[winner].Client);
    }

    private static async Task OpenAnyAsync(Server[] all, CancellationToken cancellationToken)
    {
        var opening = all.Select(server => server.Client.OpenAsync(cancellationToken).AsTask()).ToList();
        var failures = new List<Exception>();
        while (opening.Count > 0)
        {
            var ended = await Task.WhenAny(opening).ConfigureAwait(false);
            if (ended.IsCompletedSuccessfully)
            {
                foreach (var other in opening)
                    _ = other.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
            failures.Add(ended.Exception?.InnerException ?? new OperationCanceledException("it was given up"));
            opening.Remove(ended);
        }

        if (failures is [RpcException only])
            throw new RpcException(only.Status, only.Trailers, only) { NotRun = true };
        throw new IOException($"None of {all.Length} servers can be connected to ({string.Join("; ", failures.Select(static failure => (failure as RpcException)?.Status.Text.TrimEnd('.') ?? failure.Message.TrimEnd('.')))}).");
    }

    /// <summary>Finds the servers, unless they are known.</summary>
    private Task ResolveAsync(bool mustBeNew)
    {
        lock (Gate)
        {
            if (IsLeaving)
                return Task.FromException(Gone());
            if (resolving is { IsCompleted: false } going)
                return going;
            if (isResolved && (!mustBeNew || Options.TimeProvider.GetElapsedTime(resolvedAt) < ResolveInterval))
                return Task.CompletedTask;
            return resolving = ResolveCoreAsync();
        }
    }

    private async Task ResolveCoreAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var found = new List<ServerPlace>();
        Exception? failure = null;
        foreach (var set in sets)
        {
            try
            {
                found.AddRange(await set.ResolveAsync(Options, Disposing).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The servers of the other addresses, and those that the name stood for before, can be called all the same.
                failure = exception;
                found.AddRange(servers.Select(static server => server.Place).Where(place => place.Set == set));
            }
        }

        if (found.Count == 0)
            throw new RpcException(Unreached(StatusCode.Unavailable, failure!), trailers: null, failure) { NotRun = true };
        foreach (var gone in Replace(found))
            _ = RetireAsync(gone);
    }

    /// <summary>Takes the servers that were found for those there are.</summary>
    /// <returns>Those that are none any more.</returns>
    /// <exception cref="RpcException">The channel has been disposed meanwhile, or is draining.</exception>
    private IReadOnlyList<Server> Replace(List<ServerPlace> found)
    {
        lock (Gate)
        {
            // Whoever closes or drains has seen all servers there are to be.
            if (IsLeaving)
                throw Gone();
            var before = servers;
            servers = [.. found.DistinctBy(static place => place.Text, StringComparer.Ordinal).Select(place => Array.Find(before, one => string.Equals(one.Key, place.Text, StringComparison.Ordinal)) ?? Create(place))];
            resolvedAt = Options.TimeProvider.GetTimestamp();
            isResolved = true;
            Server[] gone = [.. before.Except(servers)];
            retired.UnionWith(gone);
            return gone;
        }
    }

    private Server Create(ServerPlace place)
    {
        var server = new Server(place, place.Set.Connect(place.Host));
        server.Client.Status.Changed += OnServerChanged;

        // Those that come later are to be there before they are needed.
        if (isResolved && policy != LoadBalancing.PickFirst && Options.Reconnect.KeepConnected)
            _ = server.Client.OpenAsync(Disposing).AsTask().ContinueWith(static task => task.Exception, TaskScheduler.Default);
        return server;
    }

    private void OnServerChanged(object? sender, ChannelStateChangedEventArgs change)
    {
        if (IsLeaving)
            return;
        if (change.Current == ChannelState.BackingOff && sets.Any(static set => set.HasName))
            _ = ResolveAsync(mustBeNew: true).ContinueWith(static task => task.Exception, TaskScheduler.Default);

        // Steps of two servers come on two threads: what the one saw must not be entered after what the other saw later.
        lock (Gate)
        {
            if (!IsLeaving)
                Enter(servers, change);
        }
    }

    private void Enter(Server[] all, ChannelStateChangedEventArgs change)
    {
        foreach (var state in (ReadOnlySpan<ChannelState>)[ChannelState.Ready, ChannelState.Connecting, ChannelState.BackingOff])
        {
            if (Array.Find(all, server => server.Client.Status.State == state) is not { } server)
                continue;
            Status.Enter(state, state == ChannelState.BackingOff ? server.Client.Status.Reason : null, change.Current == state ? change.Delay : null);
            return;
        }

        Status.Enter(ChannelState.Idle);
    }

    /// <summary>Lets go of a server that its name no longer stands for: its calls go on.</summary>
    private async Task RetireAsync(Server server)
    {
        server.Client.Status.Changed -= OnServerChanged;
        await server.Client.DrainAsync().WaitAsync(Disposing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.Client.DisposeAsync().ConfigureAwait(false);
        lock (Gate)
            retired.Remove(server);
    }

    private sealed record Server(ServerPlace Place, ChannelClient Client)
    {
        internal string Key => Place.Text;
    }

    /// <summary>What a race has won. A loser's connection stays with its server, for another time.</summary>
    private sealed record Won(Connection Connection);
}
