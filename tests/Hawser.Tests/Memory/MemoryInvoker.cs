using System.Buffers;

namespace Hawser.Tests;

/// <summary>Joins the client's seam to the server's in memory: calls go straight to the endpoints of a registry, and fail as over a wire.</summary>
internal sealed class MemoryInvoker(EndpointRegistry endpoints, Codec? codec = null, bool exposeDetails = false) : CallInvoker(codec ?? endpoints.Codec)
{
    private readonly List<MemoryCall> calls = [];
    private readonly List<Task> serving = [];

    /// <summary>The methods of all calls so far, in order.</summary>
    public IReadOnlyList<Method> CalledMethods
    {
        get
        {
            lock (calls)
                return [.. calls.Select(call => call.Method)];
        }
    }

    /// <summary>Fails every start, when set.</summary>
    public Exception? StartFailure { get; set; }

    /// <summary>The last call that was made.</summary>
    public MemoryCall LastCall
    {
        get
        {
            lock (calls)
                return calls[^1];
        }
    }

    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default)
    {
        if (StartFailure is not null)
            return ValueTask.FromException<ClientCall>(StartFailure);
        return new ValueTask<ClientCall>(new MemoryClientCall(Serve(method, options)));
    }

    /// <summary>Ends when every endpoint that was called has returned.</summary>
    public Task WhenServed()
    {
        lock (calls)
            return Task.WhenAll(serving);
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        var call = Serve(method, options);
        if (hasRequest)
            call.Requests.Writer.TryWrite(request.ToArray());
        call.Requests.Writer.TryComplete();
        _ = CompleteAsync(call, reply);
    }

    private static async Task CompleteAsync(MemoryCall call, UnaryReply reply)
    {
        await Task.Yield();
        if (call.Method.IsOneWay)
        {
            reply.Complete(ReadOnlySequence<byte>.Empty, hasMessage: false, Metadata.Empty, Metadata.Empty);
            return;
        }

        await call.Ended;
        var headers = await call.Headers;
        if (!call.Status!.IsOk)
        {
            reply.Fail(call.Status, notRun: false, headers, call.Trailers);
            return;
        }

        var hasMessage = call.Replies.Reader.TryRead(out var message);
        reply.Complete(new ReadOnlySequence<byte>(message ?? []), hasMessage, headers, call.Trailers);
    }

    private MemoryCall Serve(Method method, CallOptions options)
    {
        var call = new MemoryCall(method, options, Codec.Name);
        options.CancellationToken.UnsafeRegister(_ => call.Cancel(new Status(StatusCode.Cancelled, "The caller cancelled the call.")), null);
        lock (calls)
        {
            calls.Add(call);
            serving.Add(Task.Run(() => ServeAsync(call)));
        }

        return call;
    }

    private async Task ServeAsync(MemoryCall call)
    {
        var half = new MemoryServerCall(call);
        try
        {
            if (endpoints.Find(call.Method.FullName) is not { } endpoint || !endpoint.Method.Accepts(call.Method))
                throw new RpcException(StatusCode.Unimplemented, $"no '{call.Method.FullName}' that is {call.Method.Shape}");
            await endpoint.InvokeAsync(half);
            call.End(new Status(StatusCode.Internal, "The endpoint returned without finishing."));
        }
        catch (Exception failure)
        {
            call.End(CallFailure.ToStatus(failure, exposeDetails, call.Method), (failure as RpcException)?.Trailers);
        }
        finally
        {
            half.Spoil();
        }
    }
}
