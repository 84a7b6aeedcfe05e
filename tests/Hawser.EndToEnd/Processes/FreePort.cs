using System.Net;
using System.Net.Sockets;

namespace Hawser.EndToEnd.Processes;

/// <summary>Finds ports for programs that must be told one. Whatever can choose a port itself is told port 0 instead.</summary>
internal static class FreePort
{
    // Below the range from which systems take the ports of outgoing connections: nobody gets one of these by chance before it is used.
    private const int Lowest = 20_000;
    private const int Highest = 32_000;

    public static int Find()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another one is tried.
            }
        }
    }
}
