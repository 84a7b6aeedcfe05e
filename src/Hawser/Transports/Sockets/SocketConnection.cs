using System.Net;
using System.Net.Sockets;

namespace Hawser.Transports;

/// <summary>A link over one stream socket.</summary>
internal sealed class SocketConnection : TransportConnection
{
    /// <summary>The default of 208 KiB makes bulk stop and go: each stop costs two changes of thread. TCP finds its size by itself.</summary>
    private const int UnixSendBuffer = 512 * 1024;

    private readonly SocketLane lane;

    private SocketConnection(Socket socket, string remoteAddress, string localAddress, string remoteHost)
    {
        RemoteAddress = remoteAddress;
        LocalAddress = localAddress;
        RemoteHost = remoteHost;
        lane = new SocketLane(socket, remoteAddress);
    }

    public override string RemoteAddress { get; }

    public override string LocalAddress { get; }

    public override string RemoteHost { get; }

    public override Lane FirstLane => lane;

    /// <summary>Takes a connected TCP socket.</summary>
    /// <exception cref="SocketException">The link has gone already.</exception>
    public static SocketConnection FromTcp(Socket socket, string scheme)
    {
        socket.NoDelay = true;
        var remote = Unmapped(socket.RemoteEndPoint);
        return new SocketConnection(socket, $"{scheme}://{remote}", $"{scheme}://{Unmapped(socket.LocalEndPoint)}", remote.Address.ToString());
    }

    /// <summary>Takes a connected Unix socket. Its peer has no address of its own: the path stands for both ends.</summary>
    public static SocketConnection FromUnix(Socket socket, string address)
    {
        socket.SendBufferSize = UnixSendBuffer;
        return new SocketConnection(socket, address, address, "unix");
    }

    public override ValueTask DisposeAsync()
    {
        lane.Close();
        return default;
    }

    // A listener for both families shows IPv4 peers as IPv6 ones; limits and people want the plain form.
    private static IPEndPoint Unmapped(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port),
        IPEndPoint plain => plain,
        _ => throw new SocketException((int)SocketError.NotConnected),
    };
}
