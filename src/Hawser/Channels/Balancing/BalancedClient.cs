using System.Buffers;

namespace Hawser;

/// <summary>Spreads a channel's calls over several servers, each with a connection of its own that lives by itself. Which servers there are is in the other file.</summary>
internal sealed partial class BalancedClient : ConnectingClient<ChannelClient>
{
    private readonly IReadOnlyList<ServerSet> sets;
    private readonly LoadBalancing policy;
    private uint turn;

    internal BalancedClient(IReadOnlyList<ServerSet> sets, HawserChannelOptions options)
        : base(string.Join(", ", sets.Select(static set => set.Text)), options)
    {
        this.sets = sets;
        policy = options.LoadBalancing;
    }

    internal override bool IsReady => Pick() is not null;

    internal override bool HasReadyServer => IsReady;

    internal override bool RetriesByPolicy => servers is [{ Client.RetriesByPolicy: true }, ..];

    internal override int CallsInFlight => servers.Sum(static server => server.Client.CallsInFlight);

    internal override IReadOnlyList<AddressHealth> Addresses =>
        [.. servers.Select(static server => new AddressHealth(server.Key, server.Client.Status.State, server.Client.Status.Reason, server.Client.CallsInFlight))];

    internal override async ValueTask<Connection> OpenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var client = await ConnectAsync(new CallOptions { CancellationToken = cancellationToken }).ConfigureAwait(false);
            try
            {
                return await client.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException) when (IsReady)
            {
                // It lost its connection a moment ago and cannot make another; a different server is ready.
            }
        }
    }

    internal override async ValueTask<ClientCall> StartAsync(Method method, CallOptions options)
    {
        while (true)
        {
            var client = Pick();
            if (client is null)
                (client, options) = await ConnectForAsync(options).ConfigureAwait(false);

            // One that has lost its connection since would make another, perhaps in vain, while other servers are ready.
            if (client.TryStart(method, options) is { } start)
                return await start.ConfigureAwait(false);
        }
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        while (Pick() is { } client)
        {
            if (client.TryStartUnary(method, options, request, hasRequest, reply))
                return;
        }

        _ = StartUnaryLaterAsync(method, options, request.ToArray(), hasRequest, reply);
    }

    /// <summary>The server whose turn it is; null when none is connected.</summary>
    private ChannelClient? Pick() => policy switch
    {
        LoadBalancing.RoundRobin => PickNext(),
        LoadBalancing.LeastLoaded => PickLeastLoaded(),
        _ => Volatile.Read(ref picked) is { IsReady: true } client ? client : null,
    };

    private ChannelClient? PickNext()
    {
        var all = servers;
        var start = Interlocked.Increment(ref turn);
        for (var i = 0u; i < all.Length; i++)
        {
            var client = all[(start + i) % (uint)all.Length].Client;
            if (client.IsReady)
                return client;
        }

        return null;
    }

    private ChannelClient? PickLeastLoaded()
    {
        var all = servers;
        var start = Interlocked.Increment(ref turn);
        ChannelClient? best = null;
        var least = int.MaxValue;
        for (var i = 0u; i < all.Length; i++)
        {
            // Those with the same load take turns.
            var client = all[(start + i) % (uint)all.Length].Client;
            if (!client.IsReady || client.CallsInFlight is var load && load >= least)
                continue;
            (best, least) = (client, load);
        }

        return best;
    }

    protected override void StartUnaryOn(
        ChannelClient connected, Method method, in CallOptions callOptions, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (!connected.TryStartUnary(method, callOptions, request, hasRequest, reply))
            StartUnary(method, callOptions, request, hasRequest, reply);
    }

    /// <summary>Waits until a server is connected.</summary>
    protected override async ValueTask<ChannelClient> ConnectAsync(CallOptions callOptions)
    {
        using var deadline = callOptions.Timeout is { } timeout ? new CancellationTokenSource(Frames.FrameLimits.TimerDue(timeout), Options.TimeProvider) : null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(callOptions.CancellationToken, deadline?.Token ?? CancellationToken.None);
        try
        {
            while (true)
            {
                if (IsLeaving)
                    throw Gone();
                var changes = servers.Select(static server => server.Client.Status.NextChange).Append(Status.NextChange).ToArray();
                try
                {
                    await OpenServersAsync(either.Token).ConfigureAwait(false);
                    if (Pick() is { } client)
                        return client;
                }
                catch (RpcException failure) when (callOptions.WaitForReady == true && failure.Code is StatusCode.Unavailable or StatusCode.ResourceExhausted && !IsLeaving)
                {
                    // Names are asked for again after a while, and servers whose clients connect for calls only need one to try.
                    using var pause = CancellationTokenSource.CreateLinkedTokenSource(either.Token);
                    await Task.WhenAny(changes.Append(Task.Delay(ResolveInterval, Options.TimeProvider, pause.Token))).ConfigureAwait(false);
                    await pause.CancelAsync().ConfigureAwait(false);
                    either.Token.ThrowIfCancellationRequested();
                }
            }
        }
        catch (OperationCanceledException) when (!callOptions.CancellationToken.IsCancellationRequested)
        {
            throw OutOfTime();
        }
    }
}
