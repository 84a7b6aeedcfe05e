using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Hawser.Grpc.Tests.Client;

/// <summary>A server that speaks HTTP/2 frame by frame, as far as a test needs it: it answers connections, not requests.</summary>
internal sealed class FramePeer : IAsyncDisposable
{
    private const int PrefaceSize = 24;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<FramePeer, NetworkStream, int, Task> serve;
    private readonly Task accepting;

    /// <summary>Starts to listen.</summary>
    /// <param name="serve">Serves one link; it is told which one, counted from 0.</param>
    public FramePeer(Func<FramePeer, NetworkStream, int, Task> serve)
    {
        this.serve = serve;
        listener.Start();
        Address = $"grpc://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        accepting = AcceptAsync();
    }

    public string Address { get; }

    public CancellationToken Stopping => stopping.Token;

    public HawserChannel Connect(GrpcClientOptions? grpc = null, HawserChannelOptions? options = null) => HawserChannel.Connect(Address, new HawserChannelOptions
    {
        Wires = [new GrpcWire { Client = grpc ?? new GrpcClientOptions() }],
        Limits = options?.Limits ?? new ConnectionLimits(),
        TimeProvider = options?.TimeProvider ?? TimeProvider.System,
    });

    /// <summary>Exchanges prefaces and settings.</summary>
    public async Task GreetAsync(NetworkStream link, byte maxStreams = 100)
    {
        await link.ReadExactlyAsync(new byte[PrefaceSize], Stopping);
        await WriteAsync(link, FrameKind.Settings, 0, 0, 0, 3, 0, 0, 0, maxStreams);
    }

    /// <summary>Reads until a request's headers have come.</summary>
    /// <returns>The number of its stream.</returns>
    public async Task<int> ReadRequestAsync(NetworkStream link)
    {
        while (true)
        {
            var (kind, flags, stream, _) = await ReadAsync(link);
            if (kind == FrameKind.Settings && (flags & 1) == 0)
                await WriteAsync(link, FrameKind.Settings, 1, 0);
            if (kind == FrameKind.Headers)
                return stream;
        }
    }

    /// <summary>Reads one frame.</summary>
    public async Task<(FrameKind Kind, byte Flags, int Stream, byte[] Payload)> ReadAsync(NetworkStream link)
    {
        var header = new byte[9];
        await link.ReadExactlyAsync(header, Stopping);
        var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
        await link.ReadExactlyAsync(payload, Stopping);
        return ((FrameKind)header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
    }

    /// <summary>Writes one frame.</summary>
    public async Task WriteAsync(NetworkStream link, FrameKind kind, byte flags, int stream, params byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = (byte)kind;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await link.WriteAsync(frame, Stopping);
    }

    /// <summary>Answers a request with a message and the status OK. Headers are plain literals.</summary>
    public async Task AnswerAsync(NetworkStream link, int stream, byte[] message)
    {
        await WriteAsync(link, FrameKind.Headers, 4, stream, [0x88, .. Literal("content-type", "application/grpc+json")]);
        await WriteAsync(link, FrameKind.Data, 0, stream, HttpPeer.Framed(message));
        await WriteAsync(link, FrameKind.Headers, 5, stream, Literal("grpc-status", "0"));
    }

    /// <summary>Takes no new calls.</summary>
    public Task GoAwayAsync(NetworkStream link, int lastStream, int code)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStream);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(4), code);
        return WriteAsync(link, FrameKind.GoAway, 0, 0, payload);
    }

    public static byte[] Literal(string name, string value) =>
        [0, (byte)name.Length, .. System.Text.Encoding.ASCII.GetBytes(name), (byte)value.Length, .. System.Text.Encoding.ASCII.GetBytes(value)];

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        var links = new List<Task>();
        try
        {
            for (var number = 0; ; number++)
            {
                var socket = await listener.AcceptSocketAsync(Stopping);
                links.Add(ServeAsync(socket, number));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(links);
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        socket.NoDelay = true;
        await using var link = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await serve(this, link, number);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The client has left, or the test is over.
        }
    }
}

/// <summary>Kinds of HTTP/2 frames.</summary>
internal enum FrameKind : byte
{
    Data = 0,
    Headers = 1,
    Reset = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
}
