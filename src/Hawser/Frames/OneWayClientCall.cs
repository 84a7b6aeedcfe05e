using System.Buffers;
using System.IO.Pipelines;

namespace Hawser.Frames;

/// <summary>A one-way call that is made by hand: it goes out in one piece when its request is complete, and has ended then.</summary>
internal sealed class OneWayClientCall(FrameConnection connection, Method method, CallOptions options) : ClientCall
{
    private ReadOnlyMemory<byte>? request;
    private Status? status;

    public override Method Method => method;

    public override ReadOnlySequence<byte> Message => default;

    public override Status? Status => status;

    public override Metadata Trailers => Metadata.Empty;

    public override bool NotRun => status is { IsOk: false };

    public override PipeWriter RequestOctets => throw new InvalidOperationException($"The request of '{method}' has no octets.");

    public override PipeReader ResponseOctets => throw new InvalidOperationException($"The response of '{method}' has no octets.");

    public override ValueTask<Metadata> ReadHeadersAsync() => new(Metadata.Empty);

    public override ValueTask<bool> WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None)
    {
        if (request is not null || method.Request == Body.Empty)
            throw new InvalidOperationException($"The request of '{method}' is {(request is null ? "empty" : "one message")}; nothing more can be written.");
        request = message.ToArray();
        return new ValueTask<bool>(status is null);
    }

    public override ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException($"'{method}' is one-way: nothing comes back, an acknowledgement neither.");

    public override async ValueTask CompleteAsync()
    {
        if (status is not null)
            return;
        var sent = new Sent();
        connection.StartUnary(method, options, new ReadOnlySequence<byte>(request ?? default), request is not null, sent);
        status = await sent.Task.ConfigureAwait(false);
    }

    public override ValueTask<bool> ReadAsync() => new(result: false);

    public override void Cancel(Status? reason = null) => status ??= reason ?? new Status(StatusCode.Cancelled, $"The caller cancelled the call of '{method}'.");

    public override ValueTask DisposeAsync()
    {
        Cancel();
        return default;
    }

    private sealed class Sent : UnaryReply
    {
        private readonly TaskCompletionSource<Status> source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Status> Task => source.Task;

        internal override bool WantsMetadata => false;

        internal override void Complete(in ReadOnlySequence<byte> message, bool hasMessage, Metadata headers, Metadata trailers) => source.SetResult(Hawser.Status.Ok);

        internal override void Fail(Status status, bool notRun, Metadata headers, Metadata trailers) => source.SetResult(status);
    }
}
