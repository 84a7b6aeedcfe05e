using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Hawser.Bench.Raw;

/// <summary>Sockets by address (<c>tcp://127.0.0.1:4782</c>, <c>unix:/path</c>), and the opening that tells the raw server what a connection is for.</summary>
internal static class RawSocket
{
    public static (EndPoint EndPoint, ProtocolType Protocol) Parse(string address)
    {
        if (address.StartsWith("unix:", StringComparison.Ordinal))
            return (new UnixDomainSocketEndPoint(address["unix:".Length..]), ProtocolType.Unspecified);
        if (address.StartsWith("tcp://", StringComparison.Ordinal) && IPEndPoint.TryParse(address["tcp://".Length..], out var endPoint))
            return (endPoint, ProtocolType.Tcp);
        throw new ArgumentException($"'{address}' is neither tcp://IP:PORT nor unix:PATH.");
    }

    public static Socket Create(EndPoint endPoint, ProtocolType protocol)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        if (protocol == ProtocolType.Tcp)
            socket.NoDelay = true;
        return socket;
    }

    public static async Task<Socket> ConnectAsync(string address, RawWork work, int size)
    {
        var (endPoint, protocol) = Parse(address);
        var socket = Create(endPoint, protocol);
        await socket.ConnectAsync(endPoint);
        var opening = new byte[5];
        opening[0] = (byte)work;
        BinaryPrimitives.WriteInt32LittleEndian(opening.AsSpan(1), size);
        await SendAllAsync(socket, opening);
        return socket;
    }

    public static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }

    /// <summary>Fills the buffer; false when the peer ended before its first byte.</summary>
    public static async ValueTask<bool> ReceiveAllAsync(Socket socket, Memory<byte> buffer)
    {
        var whole = buffer.Length;
        while (buffer.Length > 0)
        {
            var received = await socket.ReceiveAsync(buffer);
            if (received == 0)
                return buffer.Length == whole ? false : throw new EndOfStreamException("The peer ended in the middle of a message.");
            buffer = buffer[received..];
        }

        return true;
    }

    public static async Task<long> ReceiveNumberAsync(Socket socket)
    {
        var number = new byte[sizeof(long)];
        return await ReceiveAllAsync(socket, number)
            ? BinaryPrimitives.ReadInt64LittleEndian(number)
            : throw new EndOfStreamException("The server ended the connection without an answer.");
    }

    public static ValueTask SendNumberAsync(Socket socket, long value)
    {
        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        return SendAllAsync(socket, number);
    }
}
