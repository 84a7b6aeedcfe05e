using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Hawser.NetworkPeer;

/// <summary>A network interface, as <c>bind</c> takes it (<c>sockaddr_ll</c>).</summary>
internal sealed class LinkLayerEndPoint(int protocol, int interfaceIndex) : EndPoint
{
    private const int Size = 20;

    public override AddressFamily AddressFamily => AddressFamily.Packet;

    public override SocketAddress Serialize()
    {
        var address = new SocketAddress(AddressFamily.Packet, Size);
        var bytes = address.Buffer.Span;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)protocol);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], interfaceIndex);
        return address;
    }
}
