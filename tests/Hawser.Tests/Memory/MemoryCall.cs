using System.IO.Pipelines;
using System.Threading.Channels;

namespace Hawser.Tests;

/// <summary>What the two halves of one call in memory share: the messages, octets and ends that a wire would carry.</summary>
internal sealed class MemoryCall(Method method, CallOptions options, string codec)
{
    // Small, so that a fast writer has to wait for a slow reader as on a wire.
    private const int MessagesInFlight = 4;

    private readonly CancellationTokenSource cancellation = new();
    private readonly TaskCompletionSource<Metadata> headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Method Method => method;

    public CallOptions Options => options;

    public string Codec => codec;

    public Channel<byte[]> Requests { get; } = Channel.CreateBounded<byte[]>(MessagesInFlight);

    public Channel<byte[]> Replies { get; } = Channel.CreateBounded<byte[]>(MessagesInFlight);

    public Pipe RequestOctets { get; } = new(new PipeOptions(useSynchronizationContext: false));

    public Pipe ReplyOctets { get; } = new(new PipeOptions(useSynchronizationContext: false));

    public Metadata RequestMetadata => options.Metadata ?? Metadata.Empty;

    public Task<Metadata> Headers => headers.Task;

    public Task Ended => ended.Task;

    public Status? Status { get; private set; }

    public Metadata Trailers { get; private set; } = Metadata.Empty;

    public bool IsDisposed { get; set; }

    public CancellationToken CancellationToken => cancellation.Token;

    public void SetHeaders(Metadata metadata) => headers.TrySetResult(metadata);

    /// <summary>The first end counts.</summary>
    public void End(Status status, Metadata? trailers = null, bool cancelled = false)
    {
        lock (cancellation)
        {
            if (Status is not null)
                return;
            Trailers = trailers ?? Metadata.Empty;
            Status = status;
        }

        headers.TrySetResult(Metadata.Empty);
        Requests.Writer.TryComplete();
        Replies.Writer.TryComplete();
        ReplyOctets.Writer.Complete();
        if (!cancelled)
            RequestOctets.Reader.Complete();
        ended.TrySetResult();
    }

    public void Cancel(Status status)
    {
        End(status, cancelled: true);
        RequestOctets.Writer.Complete(new RpcException(status));
        cancellation.Cancel();
    }
}
