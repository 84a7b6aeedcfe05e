using System.Buffers;

namespace Hawser.Tests.Channels.Retries;

/// <summary>What a channel is to its client, without the channel.</summary>
internal sealed class ClientInvoker(WireClient client) : CallInvoker(JsonCodec.Default)
{
    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) => client.StartAsync(method, options);

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply) =>
        client.StartUnary(method, options, request, hasRequest, reply);
}
