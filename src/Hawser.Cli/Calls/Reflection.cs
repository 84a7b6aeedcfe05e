using System.Buffers;
using System.Text.Json;

namespace Hawser.Cli.Calls;

/// <summary>Asks a node what it serves.</summary>
internal static class Reflection
{
    public const string DescribeMethod = "hawser.Reflection/Describe";
    public const string ListMethod = "hawser.Reflection/List";

    /// <summary>What a node says about a method; null when it does not tell, or does not have the method.</summary>
    /// <remarks>A method that is not there is not reported from here: calling it gives the caller the status that it would get in a program.</remarks>
    public static async Task<MethodDescription?> FindAsync(CallInvoker invoker, string method, CallOptions options)
    {
        try
        {
            return MethodDescription.Parse(new ReadOnlySequence<byte>(await DescribeAsync(invoker, method, options)));
        }
        catch (RpcException exception) when (exception.Code is StatusCode.Unimplemented or StatusCode.NotFound)
        {
            return null;
        }
        catch (FormatException exception)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The node's description of {method} cannot be understood: {exception.Message}."), null, exception);
        }
    }

    /// <summary>What a node says about a method, as the JSON that it sent.</summary>
    /// <exception cref="RpcException">The node does not have the method, or does not tell.</exception>
    public static Task<byte[]> DescribeAsync(CallInvoker invoker, string method, CallOptions options)
    {
        var request = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(request))
        {
            writer.WriteStartObject();
            writer.WriteString("method", method);
            writer.WriteEndObject();
        }

        return AskAsync(invoker, DescribeMethod, request.WrittenMemory, options);
    }

    /// <summary>All methods of a node, as the JSON that it sent.</summary>
    /// <exception cref="RpcException">The node does not tell.</exception>
    public static Task<byte[]> ListAsync(CallInvoker invoker, CallOptions options) => AskAsync(invoker, ListMethod, request: null, options);

    private static async Task<byte[]> AskAsync(CallInvoker invoker, string method, ReadOnlyMemory<byte>? request, CallOptions options)
    {
        await using var call = await invoker.StartAsync(new Method(method) { Codec = JsonCodec.Default.Name }, options);
        if (request is { } message)
            await call.WriteAsync(new ReadOnlySequence<byte>(message));
        await call.CompleteAsync();
        byte[]? reply = null;
        while (await call.ReadAsync())
            reply = call.Message.ToArray();
        call.ThrowUnlessOk(options.CancellationToken);
        return reply ?? throw new RpcException(StatusCode.Internal, $"The node answered {method} with nothing.");
    }
}
