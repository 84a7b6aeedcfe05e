using System.Buffers;

namespace Hawser.Tests.Channels.Retries;

/// <summary>A wire that answers every unary call with nothing, when told to; makes nothing of its own per call.</summary>
internal sealed class EchoClient : WireClient
{
    private UnaryReply? waiting;

    public void Answer()
    {
        var reply = waiting!;
        waiting = null;
        reply.Complete(default, hasMessage: false, Metadata.Empty, Metadata.Empty);
    }

    public override ValueTask DisposeAsync() => default;

    internal override ValueTask<Connection> OpenAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("There are no connections here.");

    internal override ValueTask<ClientCall> StartAsync(Method method, CallOptions options) => throw new InvalidOperationException("Only unary calls are answered.");

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply) => waiting = reply;
}
