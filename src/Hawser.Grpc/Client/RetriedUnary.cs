using System.Buffers;

namespace Hawser.Grpc.Client;

/// <summary>The long way of a unary or one-way call, which may be tried more than once.</summary>
internal static class RetriedUnary
{
    /// <summary>Makes the call and completes the reply with its end.</summary>
    internal static async Task RunAsync(GrpcClientCall call, byte[] request, UnaryReply reply)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await using var disposal = call.ConfigureAwait(false);
        call.Start();
        if (call.Method.Request == Body.Message)
            await call.WriteAsync(new ReadOnlySequence<byte>(request)).ConfigureAwait(false);
        await call.CompleteAsync().ConfigureAwait(false);
        var hasMessage = !call.Method.IsOneWay && await call.ReadAsync().ConfigureAwait(false);
        byte[] message = hasMessage ? call.Message.ToArray() : [];

        // The status comes behind the message.
        if (hasMessage)
            await call.ReadAsync().ConfigureAwait(false);
        var headers = call.HeadersOrEmpty;
        if (call.Status is { IsOk: false } status)
            reply.Fail(status, call.NotRun, headers, call.Trailers);
        else
            reply.Complete(new ReadOnlySequence<byte>(message), hasMessage, headers, call.Trailers);
    }
}
