using System.Buffers;

namespace Hawser.Tests;

/// <summary>Answers every unary call with its own request, when told to; makes nothing of its own per call.</summary>
internal sealed class EchoInvoker() : CallInvoker(JsonCodec.Default)
{
    private readonly byte[] kept = new byte[1024];
    private int length;
    private bool hasRequest;
    private UnaryReply? waiting;

    public Method? Method { get; private set; }

    public override ValueTask<ClientCall> StartAsync(Method method, CallOptions options = default) => throw new InvalidOperationException("Only unary calls are answered.");

    public void Answer()
    {
        var reply = waiting!;
        waiting = null;
        reply.Complete(new ReadOnlySequence<byte>(kept, 0, length), hasRequest, Metadata.Empty, Metadata.Empty);
    }

    public void Fail(Status status, bool notRun = false)
    {
        var reply = waiting!;
        waiting = null;
        reply.Fail(status, notRun, Metadata.Empty, new Metadata().Add("why", "because"));
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        request.CopyTo(kept);
        length = (int)request.Length;
        this.hasRequest = hasRequest;
        Method = method;
        waiting = reply;
    }
}
