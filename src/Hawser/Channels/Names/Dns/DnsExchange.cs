using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Hawser;

/// <summary>Asks one server one question: over UDP, and over TCP when the answer does not fit.</summary>
internal static class DnsExchange
{
    // Without extensions an answer over UDP has at most 512 bytes; some servers send more.
    private const int MaxDatagram = 4096;

    /// <summary>Asks, and waits until the answer comes.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="IOException">The link to the server was cut.</exception>
    /// <exception cref="DnsFormatException">Its answer cannot be read.</exception>
    public static async Task<DnsResponse> AskAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            var size = await AskOverUdpAsync(server, question, buffer, cancellationToken).ConfigureAwait(false);
            if (!DnsResponse.IsTruncated(buffer.AsSpan(0, size)))
                return DnsResponse.Read(buffer.AsSpan(0, size), question);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return await AskOverTcpAsync(server, question, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> AskOverUdpAsync(IPEndPoint server, DnsQuestion question, byte[] buffer, CancellationToken cancellationToken)
    {
        // A socket of its own has a port of its own, which is as hard to guess as the number; connected, it hears nobody but the server.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(question.Bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var size = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
            if (question.IsAnsweredBy(buffer.AsSpan(0, size)))
                return size;
        }
    }

    private static async Task<DnsResponse> AskOverTcpAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        var stream = new NetworkStream(socket, ownsSocket: false);
        await using var disposal = stream.ConfigureAwait(false);
        var request = new byte[2 + question.Bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(request, (ushort)question.Bytes.Length);
        question.Bytes.CopyTo(request.AsMemory(2));
        await stream.WriteAsync(request, cancellationToken).ConfigureAwait(false);
        var length = new byte[2];
        await stream.ReadExactlyAsync(length, cancellationToken).ConfigureAwait(false);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(message, cancellationToken).ConfigureAwait(false);
        return question.IsAnsweredBy(message) ? DnsResponse.Read(message, question) : throw new DnsFormatException("it answers another question");
    }
}
