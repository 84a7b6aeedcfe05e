using System.Buffers;
using Hawser.Protobuf;

namespace Hawser.Cli.Tests;

/// <summary>A call in protobuf, seen as JSON.</summary>
internal static class ProtobufCall
{
    public static async Task<List<string>> MakeAsync(CallInvoker invoker, MethodSchema method, string request, CancellationToken cancellationToken)
    {
        await using var call = await invoker.StartAsync(method.ToMethod() with { Codec = "proto" }, cancellationToken);
        await call.WriteAsync(new ReadOnlySequence<byte>(ProtoJson.Parse(method.Input, request).ToByteArray()));
        await call.CompleteAsync();
        var replies = new List<string>();
        while (await call.ReadAsync())
            replies.Add(ProtoJson.ToText(DynamicMessage.Parse(method.Output, call.Message)));
        ThrowUnlessOk(call.Status!);
        return replies;
    }

    private static void ThrowUnlessOk(Status status)
    {
        if (!status.IsOk)
            throw new RpcException(status);
    }
}
