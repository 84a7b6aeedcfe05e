using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hawser.Tests.Channels.Names;

/// <summary>A DNS server on loopback that answers as a test says.</summary>
internal sealed class DnsServer : IDisposable
{
    private readonly Socket udp;
    private readonly Socket tcp;
    private readonly Func<DnsQuery, byte[]?> answer;

    /// <param name="answer">Gives the answer, or null for none.</param>
    public DnsServer(Func<DnsQuery, byte[]?> answer)
    {
        this.answer = answer;
        (udp, tcp) = BindBoth();
        _ = ServeDatagramsAsync();
        _ = ServeConnectionsAsync();
    }

    public IPEndPoint Address => (IPEndPoint)udp.LocalEndPoint!;

    public ConcurrentQueue<DnsQuery> Queries { get; } = new();

    /// <summary>What is sent before each answer over UDP.</summary>
    public Func<DnsQuery, byte[]>? Noise { get; init; }

    /// <summary>Sends from another socket, as somebody else would.</summary>
    public Func<DnsQuery, byte[]>? Forgery { get; init; }

    public void Dispose()
    {
        udp.Dispose();
        tcp.Dispose();
    }

    // The port that the system gives to the one may be taken for the other, be it by a connection that has long been closed: then both get another.
    private static (Socket Udp, Socket Tcp) BindBoth()
    {
        while (true)
        {
            var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var connections = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                datagrams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                connections.Bind(datagrams.LocalEndPoint!);
                connections.Listen();
                return (datagrams, connections);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                datagrams.Dispose();
                connections.Dispose();
            }
        }
    }

    private async Task ServeDatagramsAsync()
    {
        var buffer = new byte[1024];
        try
        {
            while (true)
            {
                var received = await udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                var query = new DnsQuery(buffer[..received.ReceivedBytes], IsTcp: false);
                Queries.Enqueue(query);
                if (Forgery is not null)
                {
                    using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                    await other.SendToAsync(Forgery(query), received.RemoteEndPoint);
                }

                if (Noise is not null)
                    await udp.SendToAsync(Noise(query), received.RemoteEndPoint);
                if (answer(query) is { } bytes)
                    await udp.SendToAsync(bytes, received.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeConnectionsAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await tcp.AcceptAsync();
                await using var stream = new NetworkStream(socket);
                var length = new byte[2];
                await stream.ReadExactlyAsync(length);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message);
                var query = new DnsQuery(message, IsTcp: true);
                Queries.Enqueue(query);
                if (answer(query) is not { } bytes)
                    continue;
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
                await stream.WriteAsync(length);
                await stream.WriteAsync(bytes);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
        {
            // the test is over
        }
    }
}
