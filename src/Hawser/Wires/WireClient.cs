using System.Buffers;

namespace Hawser;

/// <summary>What a channel makes its calls on: one wire's way to one address, whatever connections that takes. Safe from any thread.</summary>
internal abstract class WireClient : IAsyncDisposable
{
    /// <summary>Connects now, if there is no connection.</summary>
    /// <exception cref="RpcException">The peer cannot be reached (<see cref="StatusCode.Unavailable"/>).</exception>
    internal abstract ValueTask<Connection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Starts a call of any kind: see <see cref="CallInvoker.StartAsync"/>.</summary>
    internal abstract ValueTask<ClientCall> StartAsync(Method method, CallOptions options);

    /// <summary>Starts a unary or a one-way call: see <see cref="CallInvoker.StartUnary"/>.</summary>
    internal abstract void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply);

    /// <summary>Whether calls are tried again by a policy of this client's own, so that nobody else should.</summary>
    internal virtual bool RetriesByPolicy => false;

    /// <summary>Whether several servers are behind this and one is ready: what could not reach one of them may go to another.</summary>
    internal virtual bool HasReadyServer => false;

    /// <summary>Closes every connection; calls in flight end with <see cref="StatusCode.Unavailable"/>.</summary>
    public abstract ValueTask DisposeAsync();
}
