using System.Net.Sockets;

namespace Hawser.Bench.Raw;

/// <summary>Returns every frame; the frames of one receive leave in one send.</summary>
internal static class FramedEchoServer
{
    private const int BufferSize = 64 * 1024;

    public static async Task ServeAsync(Socket socket, int maxPayload)
    {
        var size = Math.Max(BufferSize, maxPayload + FrameBuffer.HeaderSize);
        var input = new FrameBuffer(size);
        var output = new FrameBuffer(size);
        while (await input.ReceiveAsync(socket))
        {
            while (input.TryRead(out var id, out var payload))
                output.Write(id, payload);
            await output.SendAsync(socket);
        }
    }
}
