using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Hawser.NetworkPeer;

/// <summary>The frames of one network interface, as Linux's packet sockets give them.</summary>
internal sealed class PacketSocket
{
    /// <summary>The longest frame there is, with what says how it is to be cut and summed.</summary>
    public const int MaxFrame = 66 * 1024;

    private const int AllProtocols = 0x0300; // ETH_P_ALL in network byte order
    private const int PacketLevel = 263;
    private const int VirtioHeaders = 15;
    private const int IgnoreOutgoing = 23;

    private readonly Socket socket = new(AddressFamily.Packet, SocketType.Raw, (ProtocolType)AllProtocols);

    public PacketSocket(string networkInterface)
    {
        // Frames between virtual interfaces have no checksums yet, and may be many segments in one. With these headers they stay so on the other side.
        Enable(VirtioHeaders);
        Enable(IgnoreOutgoing);
        var index = int.Parse(File.ReadAllText($"/sys/class/net/{networkInterface}/ifindex"), CultureInfo.InvariantCulture);
        socket.Bind(new LinkLayerEndPoint(AllProtocols, index));
    }

    /// <summary>Waits for a frame.</summary>
    /// <returns>Its length.</returns>
    public int Receive(Span<byte> buffer) => socket.Receive(buffer);

    /// <summary>Sends a frame; one that the interface has no room for is lost, as on any network.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        try
        {
            socket.Send(frame);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.NetworkDown or SocketError.MessageSize)
        {
            // Lost.
        }
    }

    private void Enable(int option)
    {
        var on = 1;
        socket.SetRawSocketOption(PacketLevel, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in on)));
    }
}
