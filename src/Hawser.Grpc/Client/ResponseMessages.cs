using System.Buffers;
using System.Runtime.CompilerServices;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Client;

/// <summary>The messages of one response: reads as much as has arrived into one pooled buffer, and cuts them there.</summary>
/// <remarks>One reader. The buffer grows with what arrives, never with what is announced.</remarks>
internal sealed class ResponseMessages(Stream body, int maxMessageSize, MessageEncoding? encoding) : IDisposable
{
    private const int FirstSize = 4 * 1024;

    // What a stream reads into: large, since every read that finds little costs as much as one that finds much.
    private const int LargeSize = 128 * 1024;

    // A message from this size on is read to its end and little further, so that none of the next need be moved.
    private const int LargeMessage = 16 * 1024;

    private byte[] buffer = [];
    private PooledBuffer? decompressed;
    private int start;
    private int end;

    /// <summary>The message that was found last; valid until the next is looked for.</summary>
    public ReadOnlySequence<byte> Message { get; private set; }

    /// <summary>Whether it had been compressed.</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>Why the response can be read no further, if so.</summary>
    public Status? Wrong { get; private set; }

    /// <summary>Finds the next message.</summary>
    /// <returns>False at the end of the body, and when something is <see cref="Wrong"/>.</returns>
    /// <exception cref="IOException">The stream was reset, or the connection lost.</exception>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryCut())
                return new ValueTask<bool>(Wrong is null);
            var read = FillAsync(cancellationToken);
            if (!read.IsCompletedSuccessfully)
                return WaitAsync(read, cancellationToken);
            if (!TryTake(read.Result))
                return new ValueTask<bool>(result: false);
        }
    }

    /// <summary>Whether a read that has just been started has found a message already. If not, it is still to be awaited.</summary>
    /// <remarks>A read that ended in this moment may be asked for its result once: asked again, it says that the operation is not valid.</remarks>
    public static bool HasFound(ref ValueTask<bool> read)
    {
        if (!read.IsCompletedSuccessfully)
            return false;
        var found = read.Result;
        read = new ValueTask<bool>(found);
        return found;
    }

    /// <summary>Reads on behind the message, which stays valid, to make sure that there is no other.</summary>
    /// <returns>Whether the body ends here.</returns>
    public ValueTask<bool> ReadEndAsync(CancellationToken cancellationToken)
    {
        if (end > start)
            return new ValueTask<bool>(result: false);
        if (end == buffer.Length)
            return AwaitEndAsync(body.ReadAsync(new byte[1], cancellationToken));
        var read = body.ReadAsync(buffer.AsMemory(end, 1), cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<bool>(read.Result == 0) : AwaitEndAsync(read);
    }

    /// <summary>Gives the buffers back. Not while a read is pending.</summary>
    public void Dispose()
    {
        var returned = buffer;
        buffer = [];
        start = end = 0;
        Message = default;
        if (returned.Length > 0)
            ArrayPool<byte>.Shared.Return(returned);
        decompressed?.Dispose();
    }

    private static async ValueTask<bool> AwaitEndAsync(ValueTask<int> read) => await read.ConfigureAwait(false) == 0;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(ValueTask<int> read, CancellationToken cancellationToken)
    {
        while (TryTake(await read.ConfigureAwait(false)))
        {
            if (TryCut())
                return Wrong is null;
            read = FillAsync(cancellationToken);
        }

        return false;
    }

    /// <summary>Looks for a whole message in what has arrived.</summary>
    /// <returns>Whether there is one, or something is wrong.</returns>
    private bool TryCut()
    {
        var available = end - start;
        if (available < MessageHeader.Size)
            return false;
        Wrong = MessageHeader.TryRead(buffer.AsSpan(start), maxMessageSize, encoding is not null, out var header);
        if (Wrong is not null)
            return true;
        if (available - MessageHeader.Size < header.Length)
            return false;
        Message = new ReadOnlySequence<byte>(buffer, start + MessageHeader.Size, header.Length);
        start += MessageHeader.Size + header.Length;
        IsCompressed = header.IsCompressed;
        if (IsCompressed)
            Decompress();
        return true;
    }

    private void Decompress()
    {
        decompressed ??= new PooledBuffer();
        decompressed.Clear();
        Wrong = encoding!.Decompress(Message, maxMessageSize, decompressed);
        Message = new ReadOnlySequence<byte>(decompressed.Written);
    }

    private ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        if (start == end)
            start = end = 0;
        var left = end - start;
        long wanted = left >= MessageHeader.Size ? MessageHeader.LengthAt(buffer.AsSpan(start)) + (2L * MessageHeader.Size) : left + 1;
        if (end == buffer.Length || (start > 0 && start + wanted > buffer.Length))
            MakeRoom(left);
        var room = buffer.AsMemory(end);
        var rest = wanted - left;
        return body.ReadAsync(wanted < LargeMessage || rest >= room.Length ? room : room[..(int)rest], cancellationToken);
    }

    private bool TryTake(int count)
    {
        end += count;
        if (count > 0)
            return true;
        Wrong ??= MessageFramer.CheckEnd(end - start);
        return false;
    }

    /// <summary>Moves what is left to the front, of a larger buffer if this one is full.</summary>
    private void MakeRoom(int left)
    {
        if (left < buffer.Length && buffer.Length >= LargeSize)
        {
            buffer.AsSpan(start, left).CopyTo(buffer);
        }
        else
        {
            // The first buffer is for small replies; whoever fills it gets a large one.
            var larger = ArrayPool<byte>.Shared.Rent(buffer.Length == 0 ? FirstSize : Math.Max(LargeSize, (int)Math.Min(2L * left, Array.MaxLength)));
            buffer.AsSpan(start, left).CopyTo(larger);
            if (buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        (start, end) = (0, left);
    }
}
