using System.Buffers;

namespace Hawser.Tests.Channels.Retries;

/// <summary>One of several servers of a channel, which is ready so often as a test says, and cannot be connected to when it is not.</summary>
/// <param name="isAsked">Whether it says beforehand that it has no connection for a call, as the frame wire does.</param>
internal sealed class ScriptedServer(bool isAsked) : ChannelClient
{
    /// <summary>How many more times it says that it is ready.</summary>
    public int ReadyLooks { get; set; } = int.MaxValue;

    /// <summary>How many calls it was chosen for.</summary>
    public int Chosen { get; private set; }

    /// <summary>How often it was asked to drain.</summary>
    public int Drains { get; private set; }

    /// <summary>Ends with its last call.</summary>
    public Task Drained { get; set; } = Task.CompletedTask;

    internal override int CallsInFlight => 0;

    internal override IReadOnlyList<AddressHealth> Addresses => [];

    internal override bool IsReady => ReadyLooks > 0 && ReadyLooks-- > 0;

    public override ValueTask DisposeAsync() => default;

    internal override ValueTask<Connection> OpenAsync(CancellationToken cancellationToken) => default;

    internal override ValueTask<ClientCall> StartAsync(Method method, CallOptions options)
    {
        Chosen++;
        return ReadyLooks > 0
            ? new ValueTask<ClientCall>(new ScriptedCall(method))
            : ValueTask.FromException<ClientCall>(new RpcException(ScriptedClient.Unavailable("refused", isConnectFailure: true)) { NotRun = true });
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        Chosen++;
        var isReady = ReadyLooks > 0;
        ThreadPool.QueueUserWorkItem(_ =>
        {
            if (isReady)
                reply.Complete(new ReadOnlySequence<byte>([9]), hasMessage: true, Metadata.Empty, Metadata.Empty);
            else
                reply.Fail(ScriptedClient.Unavailable("refused", isConnectFailure: true), notRun: true, Metadata.Empty, Metadata.Empty);
        });
    }

    internal override ValueTask<ClientCall>? TryStart(Method method, CallOptions options)
    {
        if (!isAsked || ReadyLooks > 0)
            return base.TryStart(method, options);
        Chosen++;
        return null;
    }

    internal override bool TryStartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        if (!isAsked || ReadyLooks > 0)
            return base.TryStartUnary(method, options, request, hasRequest, reply);
        Chosen++;
        return false;
    }

    internal override void Reset() => throw new InvalidOperationException("Nobody resets it.");

    internal override void NetworkChanged() => throw new InvalidOperationException("The network does not change.");

    internal override Task DrainAsync()
    {
        Drains++;
        return Drained;
    }
}
