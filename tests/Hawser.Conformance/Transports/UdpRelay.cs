using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hawser.Conformance.Transports;

/// <summary>
/// What stands between clients and a server on the way: it can change the addresses that the server sees, as routers do, swallow what the server says, and lose or hold what
/// clients say. A client is known by the port that it sends from.
/// </summary>
internal sealed class UdpRelay : IAsyncDisposable
{
    private readonly Socket _front = NewSocket();
    private readonly IPEndPoint _server;
    private readonly Dictionary<EndPoint, Socket> _backs = [];
    private readonly List<(EndPoint Client, byte[] Datagram)> _held = [];
    private readonly HashSet<EndPoint> _lost = [];
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Lock _gate = new();

    public UdpRelay(int serverPort)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _running.Add(ForwardAsync());
    }

    /// <summary>Where clients connect to.</summary>
    public int Port => ((IPEndPoint)_front.LocalEndPoint!).Port;

    /// <summary>Whether nothing comes back to the clients.</summary>
    public bool IsMute { get; init; }

    /// <summary>Of how many clients, from the first on, everything is lost.</summary>
    public int ClientsLost { get; init; }

    /// <summary>Everything is held back until so many clients have sent something, and is let through together then.</summary>
    public int ClientsAwaited { get; init; }

    /// <summary>From now on the server sees each client at another address, and the old ones lead nowhere.</summary>
    public void ChangeAddress()
    {
        lock (_gate)
        {
            foreach (var (client, old) in _backs)
            {
                _backs[client] = NewBack(client);
                old.Dispose();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _front.Dispose();
            foreach (var back in _backs.Values)
                back.Dispose();
        }

        await Task.WhenAll(_running);
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private Socket NewBack(EndPoint client)
    {
        var back = NewSocket();
        _running.Add(ReturnAsync(back, client));
        return back;
    }

    private async Task ForwardAsync()
    {
        var buffer = new byte[65536];
        await UntilClosedAsync(async () =>
        {
            var received = await _front.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
            Forward(received.RemoteEndPoint, buffer.AsSpan(0, received.ReceivedBytes));
        });
    }

    private void Forward(EndPoint client, ReadOnlySpan<byte> datagram)
    {
        lock (_gate)
        {
            if (_lost.Contains(client) || (_lost.Count < ClientsLost && _lost.Add(client)))
                return;
            if (!_backs.TryGetValue(client, out var back))
                _backs.Add(client, back = NewBack(client));
            if (_backs.Count < ClientsAwaited)
            {
                _held.Add((client, datagram.ToArray()));
                return;
            }

            foreach (var (sender, held) in _held)
                _backs[sender].SendTo(held, _server);
            _held.Clear();
            back.SendTo(datagram, _server);
        }
    }

    private async Task ReturnAsync(Socket back, EndPoint client)
    {
        var buffer = new byte[65536];
        await UntilClosedAsync(async () =>
        {
            var received = await back.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
            if (!IsMute)
                await _front.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), client);
        });
    }

    private static async Task UntilClosedAsync(Func<Task> step)
    {
        while (true)
        {
            try
            {
                await step();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return;
            }
            catch (SocketException)
            {
                // One side is not there (any more): what is sent to it is lost, as with any packet.
            }
        }
    }
}
