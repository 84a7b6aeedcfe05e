using Hawser.Frames;
using Hawser.Transports;

namespace Hawser.Tests.Frames.Raw;

/// <summary>A peer that speaks bytes: it sends what the test says and reads only when the test reads.</summary>
internal sealed class RawPeer(Lane lane)
{
    /// <summary>After so long a test that waits has found a hang.</summary>
    public static readonly TimeSpan Patience = HangTime;

    private readonly byte[] buffer = new byte[128 * 1024];
    private int start;
    private int end;

    public async Task SendAsync(params byte[][] parts)
    {
        foreach (var part in parts)
            await lane.WriteAsync(part.AsMemory()).AsTask().WaitAsync(Patience);
    }

    /// <summary>Sends as long as the other side takes it.</summary>
    /// <returns>Whether all was taken.</returns>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Exchanges prefaces and hellos.</summary>
    public async Task<RawFrame> HandshakeAsync(params (ulong Id, ulong Value)[] settings)
    {
        await SendAsync(FrameBytes.Preface(), FrameBytes.Hello(settings));
        return await ReadGreetingAsync();
    }

    /// <summary>Reads the other side's preface and hello.</summary>
    public async Task<RawFrame> ReadGreetingAsync()
    {
        Assert.Equal(FrameBytes.Preface(), await TakeAsync(8));
        var hello = await ReadAsync();
        Assert.Equal(FrameType.Hello, hello.Type);
        return hello;
    }

    /// <summary>The next frame.</summary>
    public async Task<RawFrame> ReadAsync() => await TryReadAsync() ?? throw new EndOfStreamException("The other side ended its side; a frame was expected.");

    /// <summary>The next frame, or null when the other side has ended.</summary>
    public async Task<RawFrame?> TryReadAsync()
    {
        if (!await FillAsync(1))
            return null;
        await FillAsync(2);
        await FillAsync(1 + (1 << (buffer[start + 1] >> 6)));
        var header = 1 + FrameBytes.ReadNumber(buffer.AsSpan(start + 1, end - start - 1), out var length);
        var first = (await TakeAsync(header))[0];
        return new RawFrame((FrameType)(first & 0x0F), (FrameFlags)(first & 0xF0), await TakeAsync((int)length));
    }

    /// <summary>The next frame of a type, passing over others.</summary>
    public async Task<RawFrame> ReadAsync(FrameType type)
    {
        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Type == type)
                return frame;
        }
    }

    /// <summary>Reads to the end, which must be clean, with a CLOSE frame as the last.</summary>
    /// <returns>The code and the reason.</returns>
    public async Task<(StatusCode Code, string Reason)> ReadCloseAsync()
    {
        var close = await ReadAsync(FrameType.Close);
        Assert.Null(await TryReadAsync());
        await CompleteAsync();
        return ((StatusCode)close.Numbers(1)[0], close.Text(1));
    }

    /// <summary>Reads until the other side has ended or is gone.</summary>
    /// <returns>The frames that came.</returns>
    public async Task<List<RawFrame>> ReadToEndAsync()
    {
        var frames = new List<RawFrame>();
        try
        {
            while (await TryReadAsync() is { } frame)
                frames.Add(frame);
        }
        catch (IOException)
        {
            // Gone is an end too.
        }

        return frames;
    }

    /// <summary>Ends this side in order.</summary>
    public async Task CompleteAsync()
    {
        try
        {
            await lane.CompleteWritesAsync();
        }
        catch (IOException)
        {
            // The other side has gone already, which is as good an end.
        }
        catch (InvalidOperationException)
        {
            // Bytes of ours wait that the other side does not want any more: it is on its way out.
        }
    }

    /// <summary>Cuts the link.</summary>
    public void Cut() => ((InProcessLane)lane).Close();

    /// <summary>The next bytes, whatever they are.</summary>
    public async Task<byte[]> TakeAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            if (!await FillAsync(1))
                throw new EndOfStreamException("The other side ended in the middle of a frame.");
            var size = Math.Min(count - at, end - start);
            buffer.AsSpan(start, size).CopyTo(bytes.AsSpan(at));
            start += size;
            at += size;
        }

        return bytes;
    }

    private async Task<bool> FillAsync(int count)
    {
        while (end - start < count)
        {
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                end -= start;
                start = 0;
            }

            var read = await lane.ReadAsync(buffer.AsMemory(end)).AsTask().WaitAsync(Patience);
            if (read == 0)
                return false;
            end += read;
        }

        return true;
    }
}
