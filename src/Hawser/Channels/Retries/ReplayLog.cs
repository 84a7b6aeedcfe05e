using System.Buffers;

namespace Hawser;

/// <summary>What has been written of a call's request, to be written again on another attempt. Bounded; not safe for several threads.</summary>
internal sealed class ReplayLog(int maxSize)
{
    private readonly List<Entry> entries = [];
    private byte[] bytes = [];
    private int size;

    /// <summary>Whether the request has ended.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Keeps one message.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool TryAddMessage(in ReadOnlySequence<byte> message, WriteFlags flags) => TryAdd(message, flags, isOctets: false);

    /// <summary>Keeps some octets.</summary>
    /// <returns>False when there is no room for them.</returns>
    public bool TryAddOctets(in ReadOnlySequence<byte> octets) => TryAdd(octets, WriteFlags.None, isOctets: true);

    public void Complete() => IsComplete = true;

    /// <summary>Writes everything again.</summary>
    /// <returns>A task that ends early when the call has ended.</returns>
    public async ValueTask WriteToAsync(ClientCall call)
    {
        var hasOctets = call.Method.Request >= Body.Octets;
        foreach (var entry in entries)
        {
            var part = new ReadOnlyMemory<byte>(bytes, entry.Start, entry.Length);
            var goesOn = entry.IsOctets
                ? !(await call.RequestOctets.WriteAsync(part, CancellationToken.None).ConfigureAwait(false)).IsCompleted
                : await call.WriteAsync(new ReadOnlySequence<byte>(part), entry.Flags).ConfigureAwait(false);
            if (!goesOn)
                return;
        }

        if (!IsComplete)
            return;
        if (hasOctets)
            await call.RequestOctets.CompleteAsync().ConfigureAwait(false);
        else
            await call.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Gives the memory back; nothing can be kept any more.</summary>
    public void Release()
    {
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        entries.Clear();
    }

    private bool TryAdd(in ReadOnlySequence<byte> part, WriteFlags flags, bool isOctets)
    {
        // An empty message costs an entry; those are bounded, too.
        if (part.Length > maxSize - size || entries.Count >= maxSize / 16)
            return false;
        var length = (int)part.Length;
        if (bytes.Length - size < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size + length, Math.Min(2 * size, maxSize)));
            bytes.AsSpan(0, size).CopyTo(larger);
            if (bytes.Length > 0)
                ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }

        part.CopyTo(bytes.AsSpan(size));
        entries.Add(new Entry(size, length, flags, isOctets));
        size += length;
        return true;
    }

    private readonly record struct Entry(int Start, int Length, WriteFlags Flags, bool IsOctets);
}
