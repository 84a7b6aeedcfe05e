using System.Buffers;

namespace Hawser;

/// <summary>What a channel makes its calls on, with a life of its own: it connects, notices that it has lost a connection, and comes back.</summary>
internal abstract class ChannelClient : WireClient
{
    /// <summary>Its state.</summary>
    internal ChannelStatus Status { get; } = new();

    /// <summary>The calls in flight on all of its connections.</summary>
    internal abstract int CallsInFlight { get; }

    /// <summary>How its servers do.</summary>
    internal abstract IReadOnlyList<AddressHealth> Addresses { get; }

    /// <summary>Whether a call started now finds a connection.</summary>
    internal abstract bool IsReady { get; }

    /// <summary>Starts a call unless the connection for it is gone by now: whoever has other clients need not wait for this one's next.</summary>
    /// <returns>Null when there is no connection. A client that cannot tell starts the call all the same.</returns>
    internal virtual ValueTask<ClientCall>? TryStart(Method method, CallOptions options) => StartAsync(method, options);

    /// <summary>The same for a unary or a one-way call.</summary>
    /// <returns>False when there is no connection: nothing has come of it then.</returns>
    internal virtual bool TryStartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        StartUnary(method, options, request, hasRequest, reply);
        return true;
    }

    /// <summary>Drops its connections and makes a new one now; calls in flight end with <see cref="StatusCode.Unavailable"/>.</summary>
    internal abstract void Reset();

    /// <summary>Finds out whether its connections still live, and replaces those that do not; connects now if it was waiting to.</summary>
    internal abstract void NetworkChanged();

    /// <summary>Renews the credentials of the living connections, where the wire's have any.</summary>
    /// <exception cref="RpcException">There are none, or the peer does not take them.</exception>
    internal virtual Task RefreshCredentialsAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes no new calls, and waits for those in flight.</summary>
    internal abstract Task DrainAsync();
}
