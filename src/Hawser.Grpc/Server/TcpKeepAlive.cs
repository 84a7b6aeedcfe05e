using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Hawser.Grpc.Server;

/// <summary>Lets TCP itself find peers that are gone: HTTP/2 has pings for that, HTTP/1.1 has nothing.</summary>
internal static class TcpKeepAlive
{
    internal static void Apply(ConnectionContext connection, ConnectionLimits limits)
    {
        if (limits.KeepAliveInterval is not { } interval || connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket)
            return;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(interval));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Seconds(limits.KeepAliveTimeout));
    }

    private static int Seconds(TimeSpan time) => Math.Max(1, (int)time.TotalSeconds);
}
