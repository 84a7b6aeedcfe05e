using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>A client that writes HTTP/2 frames itself, so that it can do what a well-behaved one cannot. It answers no ping, and takes no more than its windows.</summary>
internal sealed class Http2Peer : IDisposable
{
    private readonly TcpClient socket;
    private readonly NetworkStream stream;
    private readonly string authority;

    private Http2Peer(TcpClient socket, string authority)
    {
        this.socket = socket;
        this.authority = authority;
        stream = socket.GetStream();
    }

    /// <summary>Connects and says the preface, with a header table of no size, so that responses can be read without one.</summary>
    public static async Task<Http2Peer> ConnectAsync(Uri address, params (ushort Id, uint Value)[] settings)
    {
        var connected = new TcpClient { NoDelay = true };
        await connected.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var peer = new Http2Peer(connected, address.Authority);
        await peer.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        var payload = new List<byte>();
        foreach (var (id, value) in settings.Prepend(((ushort)1, 0u)))
        {
            payload.AddRange([(byte)(id >> 8), (byte)id]);
            payload.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        }

        await peer.WriteAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, [.. payload]));
        return peer;
    }

    /// <summary>Bytes as they are.</summary>
    public async Task WriteAsync(byte[] bytes) => await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    public Task WriteAsync(Http2Frame frame) => WriteAsync(Encode(frame));

    /// <summary>Several frames in one packet.</summary>
    public Task WriteAsync(IEnumerable<Http2Frame> frames) => WriteAsync([.. frames.SelectMany(Encode)]);

    /// <summary>The headers of a gRPC request.</summary>
    public Http2Frame RequestHeaders(int streamId, string method, params (string Name, string Value)[] more)
    {
        var block = new List<byte>();
        Add(":method", "POST");
        Add(":scheme", "http");
        Add(":path", "/" + method);
        Add(":authority", authority);
        Add("content-type", "application/grpc");
        Add("te", "trailers");
        foreach (var (name, value) in more)
            Add(name, value);
        return new Http2Frame(Http2FrameType.Headers, Http2Frame.EndHeaders, streamId, [.. block]);

        void Add(string name, string value)
        {
            // Literal, never indexed, with a new name (RFC 7541, 6.2.3).
            block.Add(0x10);
            AddText(block, name);
            AddText(block, value);
        }
    }

    public static Http2Frame Data(int streamId, byte[] body, bool endStream = false) =>
        new(Http2FrameType.Data, endStream ? Http2Frame.EndStream : (byte)0, streamId, body);

    public static Http2Frame Reset(int streamId, uint error = 8)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, error);
        return new Http2Frame(Http2FrameType.ResetStream, 0, streamId, payload);
    }

    /// <summary>Lets the server send more, on a stream or, with 0, on all of them together.</summary>
    public static Http2Frame Grant(int streamId, int bytes) =>
        new(Http2FrameType.WindowUpdate, 0, streamId, [0, (byte)(bytes >> 16), (byte)(bytes >> 8), (byte)bytes]);

    /// <summary>Makes headers that are too long for one frame into several.</summary>
    public static IEnumerable<Http2Frame> Split(Http2Frame headers)
    {
        const int MaxFrame = 16384;
        var pieces = headers.Payload.Chunk(MaxFrame).ToArray();
        return pieces.Select((piece, index) => new Http2Frame(
            index == 0 ? Http2FrameType.Headers : Http2FrameType.Continuation,
            index == pieces.Length - 1 ? Http2Frame.EndHeaders : (byte)0,
            headers.StreamId,
            piece));
    }

    /// <summary>The next frame, or null when the server has closed the connection.</summary>
    public async Task<Http2Frame?> ReadAsync()
    {
        var header = new byte[9];
        try
        {
            if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, TestContext.Current.CancellationToken) < header.Length)
                return null;
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await stream.ReadExactlyAsync(payload, TestContext.Current.CancellationToken);
            return new Http2Frame((Http2FrameType)header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads on until a frame is there that a test wants.</summary>
    public async Task<Http2Frame> ReadUntilAsync(Func<Http2Frame, bool> wanted, string what)
    {
        return await Patience.ForAsync(SearchAsync(), what);

        async Task<Http2Frame> SearchAsync()
        {
            while (await ReadAsync() is { } frame)
            {
                if (wanted(frame))
                    return frame;
            }

            throw new IOException($"The server closed the connection where the test wanted {what}.");
        }
    }

    /// <summary>Reads on until the server closes the connection.</summary>
    public async Task<IReadOnlyList<Http2Frame>> ReadToEndAsync()
    {
        return await Patience.ForAsync(GatherAsync(), "the server to close the connection");

        async Task<List<Http2Frame>> GatherAsync()
        {
            var frames = new List<Http2Frame>();
            while (await ReadAsync() is { } frame)
                frames.Add(frame);
            return frames;
        }
    }

    public void Dispose() => socket.Dispose();

    private static byte[] Encode(Http2Frame frame)
    {
        var bytes = new byte[9 + frame.Payload.Length];
        bytes[0] = (byte)(frame.Payload.Length >> 16);
        bytes[1] = (byte)(frame.Payload.Length >> 8);
        bytes[2] = (byte)frame.Payload.Length;
        bytes[3] = (byte)frame.Type;
        bytes[4] = frame.Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), frame.StreamId);
        frame.Payload.CopyTo(bytes, 9);
        return bytes;
    }

    private static void AddText(List<byte> block, string text)
    {
        // A length with a prefix of seven bits (RFC 7541, 5.1).
        var length = text.Length;
        if (length < 127)
        {
            block.Add((byte)length);
        }
        else
        {
            block.Add(127);
            for (length -= 127; length >= 128; length >>= 7)
                block.Add((byte)((length & 127) | 128));
            block.Add((byte)length);
        }

        block.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
