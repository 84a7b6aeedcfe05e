namespace Hawser;

/// <summary>Acknowledgements that a handler asks for between the messages of the stream that it returns. What it has given last may still be on its way into the call then: it is waited for.</summary>
internal sealed class StreamAcknowledgements(ServerCall call)
{
    private readonly Lock gate = new();
    private List<Waiter>? waiting;
    private bool isWriting;

    /// <summary>Whether somebody waits for the message that is being written, so that it must not be held back.</summary>
    public bool AreWaiting
    {
        get
        {
            lock (gate)
                return waiting is not null;
        }
    }

    /// <summary>Asks about everything that the handler has given.</summary>
    public ValueTask<Acknowledgement> AskAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (isWriting)
            {
                var waiter = new Waiter(cancellationToken);
                (waiting ??= []).Add(waiter);
                return new ValueTask<Acknowledgement>(waiter.Answer.Task);
            }
        }

        return call.AcknowledgeAsync(cancellationToken);
    }

    /// <summary>A message has been taken from the handler, which goes on while it is written.</summary>
    public void Writing()
    {
        lock (gate)
        {
            isWriting = true;
        }
    }

    /// <summary>The message has been written, or nobody wanted it.</summary>
    public void Written()
    {
        List<Waiter>? due;
        lock (gate)
        {
            isWriting = false;
            due = waiting;
            waiting = null;
        }

        // Each asks before this method returns, and so before the next message is written.
        foreach (var waiter in due ?? [])
            _ = waiter.AskAsync(call);
    }

    private sealed class Waiter(CancellationToken cancellationToken)
    {
        public TaskCompletionSource<Acknowledgement> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task AskAsync(ServerCall call)
        {
            try
            {
                Answer.SetResult(await call.AcknowledgeAsync(cancellationToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException exception)
            {
                Answer.SetCanceled(exception.CancellationToken);
            }
            catch (Exception exception)
            {
                Answer.SetException(exception);
            }
        }
    }
}
