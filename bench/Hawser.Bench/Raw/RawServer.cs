using System.Buffers.Binary;
using System.Net.Sockets;

namespace Hawser.Bench.Raw;

/// <summary><c>raw-server --listen ADDRESS…</c>: the other end of the raw baselines.</summary>
internal static class RawServer
{
    public static async Task RunAsync(Arguments arguments)
    {
        var addresses = arguments.Texts("listen");
        arguments.RejectTheRest();
        if (addresses.Count == 0)
            throw new ArgumentException("Give at least one --listen tcp://IP:PORT or unix:PATH.");
        await Task.WhenAll(addresses.Select(AcceptAsync));
    }

    private static async Task AcceptAsync(string address)
    {
        var (endPoint, protocol) = RawSocket.Parse(address);
        if (endPoint is UnixDomainSocketEndPoint)
            File.Delete(address["unix:".Length..]);
        using var listener = RawSocket.Create(endPoint, protocol);
        listener.Bind(endPoint);
        listener.Listen(1024);
        Console.WriteLine($"listening on {address}");
        while (true)
        {
            var socket = await listener.AcceptAsync();
            _ = Task.Run(() => ServeAndReportAsync(socket));
        }
    }

    private static async Task ServeAndReportAsync(Socket socket)
    {
        try
        {
            using (socket)
                await ServeAsync(socket);
        }
        catch (Exception failure) when (failure is SocketException or EndOfStreamException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync($"A connection failed: {failure.Message}");
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        var opening = new byte[5];
        if (!await RawSocket.ReceiveAllAsync(socket, opening))
            return;
        var size = BinaryPrimitives.ReadInt32LittleEndian(opening.AsSpan(1));
        await ((RawWork)opening[0] switch
        {
            RawWork.Discard => DiscardAsync(socket, size),
            RawWork.PingPong => PingPongAsync(socket, size),
            RawWork.FramedEcho => FramedEchoServer.ServeAsync(socket, size),
            RawWork.CpuTime => RawSocket.SendNumberAsync(socket, (long)Environment.CpuUsage.TotalTime.TotalMicroseconds).AsTask(),
            _ => throw new InvalidDataException($"A connection opened with {opening[0]}, which is no work that this server knows."),
        });
    }

    private static async Task DiscardAsync(Socket socket, int size)
    {
        var buffer = new byte[size];
        var total = 0L;
        int received;
        while ((received = await socket.ReceiveAsync(buffer.AsMemory())) > 0)
            total += received;
        await RawSocket.SendNumberAsync(socket, total);
    }

    private static async Task PingPongAsync(Socket socket, int size)
    {
        var buffer = new byte[size];
        while (await RawSocket.ReceiveAllAsync(socket, buffer))
            await RawSocket.SendAllAsync(socket, buffer);
    }
}
