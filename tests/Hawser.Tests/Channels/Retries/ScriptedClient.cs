using System.Buffers;
using System.Collections.Concurrent;

namespace Hawser.Tests.Channels.Retries;

/// <summary>A wire whose attempts end as a test says: in turn, each by the next step, and by hand when there is none.</summary>
internal sealed class ScriptedClient : WireClient
{
    private readonly ConcurrentQueue<Action<UnaryReply>> steps = new();
    private readonly ConcurrentQueue<Func<Method, ClientCall>> starts = new();
    private readonly List<Attempt> attempts = [];
    private readonly SemaphoreSlim begun = new(0);

    /// <summary>Whether the wire says that it retries by a policy of its own.</summary>
    public bool HasOwnPolicy { get; init; }

    public bool IsDisposed { get; private set; }

    public IReadOnlyList<Attempt> Attempts
    {
        get
        {
            lock (attempts)
                return [.. attempts];
        }
    }

    internal override bool RetriesByPolicy => HasOwnPolicy;

    public static Status Unavailable(string text = "gone", bool isConnectFailure = false) => new(StatusCode.Unavailable, text) { IsConnectFailure = isConnectFailure };

    public ScriptedClient ThenFails(Status status, bool notRun, Metadata? trailers = null)
    {
        steps.Enqueue(reply => reply.Fail(status, notRun, Metadata.Empty, trailers ?? Metadata.Empty));
        return this;
    }

    public ScriptedClient ThenAnswers(params byte[] message)
    {
        steps.Enqueue(reply => reply.Complete(new ReadOnlySequence<byte>(message), hasMessage: true, Metadata.Empty, Metadata.Empty));
        return this;
    }

    public ScriptedClient ThenStarts(Func<Method, ClientCall> start)
    {
        starts.Enqueue(start);
        return this;
    }

    /// <summary>Waits until the next attempt has begun.</summary>
    public async Task<Attempt> NextAttemptAsync()
    {
        await begun.WaitAsync(TestContext.Current.CancellationToken);
        lock (attempts)
            return attempts[^(1 + begun.CurrentCount)];
    }

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }

    internal override ValueTask<Connection> OpenAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("There are no connections here.");

    internal override ValueTask<ClientCall> StartAsync(Method method, CallOptions options)
    {
        Note(new Attempt(method, options, [], null));
        return starts.TryDequeue(out var start)
            ? new ValueTask<ClientCall>(start(method))
            : ValueTask.FromException<ClientCall>(new InvalidOperationException("The script has ended."));
    }

    internal override void StartUnary(Method method, in CallOptions options, in ReadOnlySequence<byte> request, bool hasRequest, UnaryReply reply)
    {
        var attempt = new Attempt(method, options, request.ToArray(), reply);
        Note(attempt);
        if (steps.TryDequeue(out var step))
            ThreadPool.QueueUserWorkItem(_ => step(reply));
        else if (options.CancellationToken.CanBeCanceled)
            options.CancellationToken.UnsafeRegister(_ => ThreadPool.QueueUserWorkItem(_ => attempt.TryFail(new Status(StatusCode.Cancelled, "cancelled"), notRun: false)), null);
    }

    private void Note(Attempt attempt)
    {
        lock (attempts)
            attempts.Add(attempt);
        begun.Release();
    }

    /// <summary>One attempt as the wire got it.</summary>
    internal sealed class Attempt(Method method, CallOptions options, byte[] request, UnaryReply? reply)
    {
        private int hasEnded;

        public Method Method => method;

        public CallOptions Options => options;

        public byte[] Request => request;

        public void Answer(params byte[] message)
        {
            if (Interlocked.Exchange(ref hasEnded, 1) == 0)
                reply!.Complete(new ReadOnlySequence<byte>(message), hasMessage: true, Metadata.Empty, Metadata.Empty);
        }

        public void TryFail(Status status, bool notRun, Metadata? trailers = null)
        {
            if (Interlocked.Exchange(ref hasEnded, 1) == 0)
                reply!.Fail(status, notRun, Metadata.Empty, trailers ?? Metadata.Empty);
        }
    }
}
