using System.Buffers.Binary;
using System.Net.Sockets;

namespace Hawser.Bench.Raw;

/// <summary>The framing of the bare echo: 8 bytes of header (payload length, id), then the payload. Frames gather here and leave in one send.</summary>
internal sealed class FrameBuffer(int capacity)
{
    public const int HeaderSize = 8;

    private readonly byte[] bytes = new byte[capacity];
    private int start;
    private int end;

    /// <summary>Appends a frame; the buffer's owner made it large enough for all that may be in flight.</summary>
    public void Write(int id, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(end), payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(end + 4), id);
        payload.CopyTo(bytes.AsSpan(end + HeaderSize));
        end += HeaderSize + payload.Length;
    }

    public async ValueTask SendAsync(Socket socket)
    {
        if (end == 0)
            return;
        await RawSocket.SendAllAsync(socket, bytes.AsMemory(0, end));
        end = 0;
    }

    /// <summary>Receives what there is, after what is not yet a whole frame. False at the end.</summary>
    public async ValueTask<bool> ReceiveAsync(Socket socket)
    {
        bytes.AsSpan(start, end - start).CopyTo(bytes);
        end -= start;
        start = 0;
        var received = await socket.ReceiveAsync(bytes.AsMemory(end));
        end += received;
        return received > 0;
    }

    /// <summary>Takes the next whole frame out of what was received.</summary>
    public bool TryRead(out int id, out ReadOnlySpan<byte> payload)
    {
        id = 0;
        payload = default;
        if (end - start < HeaderSize)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(start));
        if (length < 0 || length > bytes.Length - HeaderSize)
            throw new InvalidDataException($"A frame announces {length} bytes; the buffer holds {bytes.Length}.");
        if (end - start < HeaderSize + length)
            return false;
        id = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(start + 4));
        payload = bytes.AsSpan(start + HeaderSize, length);
        start += HeaderSize + length;
        return true;
    }
}
