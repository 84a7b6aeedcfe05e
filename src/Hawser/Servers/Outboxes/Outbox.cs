using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Hawser;

/// <summary>Sends notifications to one peer in order, and keeps those that the wire does not take at once: within bounds, by policy.</summary>
internal sealed class Outbox(Connection connection, OutboxOptions options, ILogger logger)
{
    private readonly Lock gate = new();
    private readonly OutboxQueue queue = new(options);
    private readonly OutboxQueue waiting = new(options);
    private TaskCompletionSource? empty;
    private bool isPumping;
    private bool isOver;
    private long dropped;

    /// <summary>How many are queued, or wait to be.</summary>
    internal int Queued
    {
        get
        {
            lock (gate)
            {
                return queue.Count + waiting.Count;
            }
        }
    }

    internal long Dropped => Volatile.Read(ref dropped);

    /// <summary>Ends when everything that is queued now, and what comes in meanwhile, has been given to the wire, or has nobody to go to.</summary>
    internal Task Empty
    {
        get
        {
            lock (gate)
            {
                return isPumping ? (empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
            }
        }
    }

    /// <summary>Sends a notification, or queues it.</summary>
    /// <returns><see cref="Status.Ok"/> once it was sent, queued, or dropped by policy; else why it is not sent.</returns>
    internal ValueTask<Status> PushAsync(ReplyDecoder<Empty> target, ReadOnlyMemory<byte> message, in PushOptions push)
    {
        var outcome = PushOutcome.NoRoom;
        Status? refusal = null;
        OutboxEntry? entry = null;
        var taking = OutboxTaking.Done;
        lock (gate)
        {
            if (isOver)
                return new(connection.NotOpen());
            if (!isPumping)
                outcome = connection.TryPush(target.Method, message, out refusal);
            if (outcome is PushOutcome.NoRoom or PushOutcome.TooLargeForNow && (refusal = connection.WhyNotPushed(target.Method, message.Length)) is null)
            {
                entry = new OutboxEntry(target, message, push.Policy ?? options.Policy, push.Key);
                taking = Take(entry);
                StartPump();
            }
        }

        if (outcome == PushOutcome.Taken)
            connection.FlushPushes();
        if (taking == OutboxTaking.Disconnecting)
            Disconnect();
        if (taking == OutboxTaking.Refused)
            refusal = TooManyWait();
        return taking == OutboxTaking.Waiting ? AwaitRoomAsync(entry!, push.CancellationToken) : new(refusal ?? Status.Ok);
    }

    /// <summary>The connection has ended: nobody is left to send to.</summary>
    internal void End()
    {
        List<OutboxEntry> refused;
        lock (gate)
        {
            isOver = true;
            refused = waiting.ToList();
            waiting.Clear();
            queue.Clear();
            empty?.TrySetResult();
        }

        foreach (var entry in refused)
            entry.Room!.TrySetResult(connection.NotOpen());
    }

    /// <summary>Queues an entry as its policy says. Under the gate.</summary>
    private OutboxTaking Take(OutboxEntry entry)
    {
        if (entry.Policy == SlowClientPolicy.KeepLatest && queue.DropReplaced(entry))
            Drop(entry);
        var hasRoom = queue.HasRoomFor(entry);
        if (entry.Policy == SlowClientPolicy.Wait && (!hasRoom || waiting.Count > 0))
            return Wait(entry);
        if (!hasRoom && entry.Policy == SlowClientPolicy.Disconnect)
        {
            Drop(entry);
            return OutboxTaking.Disconnecting;
        }

        while (!hasRoom && queue.DropOldest() is { } oldest)
        {
            Drop(oldest);
            hasRoom = queue.HasRoomFor(entry);
        }

        if (hasRoom)
            queue.Add(entry);
        else
            Drop(entry);
        return OutboxTaking.Done;
    }

    /// <summary>Has the sender wait: no more of them than may be queued, since nothing makes them await what they push.</summary>
    private OutboxTaking Wait(OutboxEntry entry)
    {
        if (!waiting.HasRoomFor(entry))
        {
            Drop(entry);
            return OutboxTaking.Refused;
        }

        entry.Room = new TaskCompletionSource<Status>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Add(entry);
        return OutboxTaking.Waiting;
    }

    private Status TooManyWait() => new(
        StatusCode.ResourceExhausted,
        $"The client at {connection.RemoteAddress} takes less than it is sent: its outbox is full, and as many pushes again wait for room, {options.MaxMessages} or of {options.MaxBytes} bytes (OutboxOptions.MaxMessages, OutboxOptions.MaxBytes). The notification was not sent: await each push, or choose a policy that drops.");

    private void Drop(OutboxEntry entry)
    {
        Volatile.Write(ref dropped, dropped + 1);
        OutboxMetrics.OnDropped(entry);
    }

    private void Disconnect()
    {
        ServerLog.SlowClientDisconnected(logger, connection.RemoteAddress, options.MaxMessages, options.MaxBytes);
        _ = connection.CloseAsync(new Status(
            StatusCode.ResourceExhausted,
            $"the client takes less than it is sent: more than {options.MaxMessages} notifications or {options.MaxBytes} bytes waited for it (OutboxOptions.MaxMessages, OutboxOptions.MaxBytes)"));
    }

    private async ValueTask<Status> AwaitRoomAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        var room = entry.Room!;
        var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<Status>)state!).TrySetCanceled(token), room);
        await using var disposal = registration.ConfigureAwait(false);
        try
        {
            return await room.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It must not take up memory until there is room.
            lock (gate)
                waiting.Remove(entry);
            throw;
        }
    }

    private void StartPump()
    {
        if (isPumping || queue.Count == 0)
            return;
        isPumping = true;
        _ = PumpAsync();
    }

    private async Task PumpAsync()
    {
        // Whoever pushed holds the gate.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            List<(OutboxEntry Entry, Status Refusal)>? refused = null;
            OutboxEntry? large;
            OutboxEntry? next;
            lock (gate)
            {
                large = SendWhatFits(ref refused);
                next = isOver ? null : queue.First;
                isPumping = large is not null || next is not null;
                if (!isPumping)
                {
                    empty?.TrySetResult();
                    empty = null;
                }
            }

            connection.FlushPushes();
            foreach (var (entry, refusal) in refused ?? [])
                ServerLog.NotificationNotSent(logger, entry.Target.Method.FullName, connection.RemoteAddress, refusal);
            if (large is not null)
                await SendLargeAsync(large).ConfigureAwait(false);
            else if (next is not null)
                await connection.WaitForRoomAsync(next.Message.Length).ConfigureAwait(false);
            else
                return;
        }
    }

    /// <summary>Gives the wire what it takes. Under the gate.</summary>
    /// <param name="refused">Takes what will never be sent, although it was queued: the connection has ended since, for instance.</param>
    /// <returns>An entry that must be sent by the long way, and has left the queue.</returns>
    private OutboxEntry? SendWhatFits(ref List<(OutboxEntry Entry, Status Refusal)>? refused)
    {
        while (queue.First is { } entry)
        {
            var outcome = connection.TryPush(entry.Target.Method, entry.Message, out var refusal);
            if (outcome == PushOutcome.NoRoom)
                return null;
            queue.RemoveFirst();
            if (refusal is not null)
                (refused ??= []).Add((entry, refusal));
            LetWaitingIn();
            if (outcome == PushOutcome.TooLargeForNow)
                return entry;
        }

        return null;
    }

    private void LetWaitingIn()
    {
        while (waiting.First is { } entry && queue.HasRoomFor(entry))
        {
            waiting.RemoveFirst();

            // One whose sender has given up is passed over.
            var refusal = connection.WhyNotPushed(entry.Target.Method, entry.Message.Length);
            if (entry.Room!.TrySetResult(refusal ?? Status.Ok) && refusal is null)
                queue.Add(entry);
        }
    }

    private async Task SendLargeAsync(OutboxEntry entry)
    {
        var reply = UnaryReply<Empty>.Rent(entry.Target, default);
        var sent = reply.Started.End;
        connection.StartUnary(entry.Target.Method, default, new ReadOnlySequence<byte>(entry.Message), entry.Target.Method.Request != Body.Empty, reply);
        try
        {
            await sent.ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            // The connection has ended, or takes no new calls: then nothing of what is queued has anybody to go to.
            ServerLog.NotificationNotSent(logger, entry.Target.Method.FullName, connection.RemoteAddress, exception.Status);
        }
    }
}
