namespace Hawser.Protobuf;

/// <summary>
/// Keeps what was compiled, those used last, and lets concurrent askers of the same content share one compilation. That ends when the last of its
/// askers has given up; failures are not kept.
/// </summary>
internal sealed class SchemaCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, ProtoSchema Schema)>> kept = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, ProtoSchema Schema)> byUse = [];
    private readonly Dictionary<string, Running> running = new(StringComparer.Ordinal);

    internal async Task<ProtoSchema> GetAsync(string key, Func<CancellationToken, Task<ProtoSchema>> compile, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Running? shared;
        lock (gate)
        {
            if (kept.TryGetValue(key, out var node))
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
                return node.Value.Schema;
            }

            if (!running.TryGetValue(key, out shared))
            {
                shared = new Running();
                running.Add(key, shared);
                shared.Task = RunAsync(key, shared, compile);
            }

            shared.Askers++;
        }

        try
        {
            return await shared.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Leave(key, shared);
            throw;
        }
    }

    private async Task<ProtoSchema> RunAsync(string key, Running shared, Func<CancellationToken, Task<ProtoSchema>> compile)
    {
        // Nothing of it runs within the lock.
        await Task.Yield();
        try
        {
            var schema = await compile(shared.Cancellation.Token).ConfigureAwait(false);
            lock (gate)
                Keep(key, schema);
            return schema;
        }
        finally
        {
            lock (gate)
                Forget(key, shared);
        }
    }

    private void Leave(string key, Running shared)
    {
        lock (gate)
        {
            if (--shared.Askers > 0)
                return;
            // Whoever comes now starts afresh.
            Forget(key, shared);
        }

        shared.Cancellation.Cancel();
    }

    private void Forget(string key, Running shared)
    {
        if (running.TryGetValue(key, out var current) && current == shared)
            running.Remove(key);
    }

    private void Keep(string key, ProtoSchema schema)
    {
        if (capacity == 0 || kept.ContainsKey(key))
            return;
        kept.Add(key, byUse.AddFirst((key, schema)));
        if (kept.Count <= capacity)
            return;
        kept.Remove(byUse.Last!.Value.Key);
        byUse.RemoveLast();
    }

    private sealed class Running
    {
        internal CancellationTokenSource Cancellation { get; } = new();

        internal Task<ProtoSchema> Task { get; set; } = null!;

        internal int Askers { get; set; }
    }
}
