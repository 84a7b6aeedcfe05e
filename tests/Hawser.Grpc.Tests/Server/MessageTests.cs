using System.IO.Compression;
using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>Bad messages end their call with a status; the connection goes on.</summary>
public sealed class MessageTests : IAsyncLifetime
{
    private const int MaxMessageSize = 10_000;

    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(
        map => map.Map("Test/Count", async (IAsyncEnumerable<byte[]> messages) => new byte[] { (byte)await messages.CountAsync() }),
        new HawserServerOptions { Wires = GrpcTestServer.Wires, Limits = new ConnectionLimits { MaxMessageSize = MaxMessageSize } });

    public async ValueTask DisposeAsync()
    {
        // The connection that everything came over is as good as new.
        Assert.Equal("fine", (await server.Requests.CallAsync("Test/Echo", "fine")).Text);
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("Test/Echo")]
    [InlineData("Test/Count")]
    public async Task An_oversized_message_is_refused_by_its_length(string method)
    {
        // Only the length is sent: nothing may wait for the rest.
        var reply = await server.Requests.CallAsync(method, GrpcBody.Header(MaxMessageSize + 1));
        Assert.Equal(StatusCode.ResourceExhausted, reply.Code);
        Assert.Equal(
            "The peer sent a message of 10001 bytes; at most 10000 are taken (ConnectionLimits.MaxMessageSize): raise the limit, or have it sent in parts or as octets.",
            reply.Message);
    }

    [Fact]
    public async Task The_largest_message_is_taken() =>
        Assert.Equal(MaxMessageSize, (await server.Requests.CallAsync("Test/Echo", GrpcBody.Of(new byte[MaxMessageSize]))).Messages[0].Bytes.Length);

    [Fact]
    public async Task A_length_of_four_gigabytes_allocates_nothing() =>
        Assert.Equal(StatusCode.ResourceExhausted, (await server.Requests.CallAsync("Test/Echo", [0, 0xFF, 0xFF, 0xFF, 0xFF])).Code);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task A_truncated_message_is_told_from_an_end(int length)
    {
        var reply = await server.Requests.CallAsync("Test/Count", [.. GrpcBody.Of("whole"), .. GrpcBody.Of("truncated")[..length]]);
        Assert.Equal((StatusCode.Internal, $"The peer ended the stream in the middle of a message, after {length} bytes of it."), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task An_unknown_first_byte_is_refused()
    {
        var reply = await server.Requests.CallAsync("Test/Echo", GrpcBody.Of("x", flag: 7));
        Assert.Equal((StatusCode.Internal, "The peer sent a message whose first byte is 7, where gRPC has 0 or 1."), (reply.Code, reply.Message));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    public async Task A_compressed_message_without_a_compression_is_refused(string? encoding)
    {
        (string, string)[] headers = encoding is null ? [] : [("grpc-encoding", encoding)];
        var reply = await server.Requests.CallAsync("Test/Echo", GrpcBody.Of(Gzip("x"u8), flag: 1), "application/grpc", headers);
        Assert.Equal((StatusCode.Internal, "The peer sent a compressed message without having named its compression in 'grpc-encoding'."), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task An_unknown_compression_is_unimplemented_and_says_what_is_known()
    {
        var reply = await server.Requests.CallAsync("Test/Echo", "x", ("grpc-encoding", "br"));
        Assert.Equal(StatusCode.Unimplemented, reply.Code);
        Assert.Equal("identity,gzip,deflate", reply.Header("grpc-accept-encoding"));
        Assert.StartsWith("The peer compresses with 'br', which is not known here", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bomb_is_noticed_while_it_is_decompressed()
    {
        var bomb = Gzip(new byte[100 * 1024 * 1024 / 16]);
        Assert.InRange(bomb.Length, 1, MaxMessageSize);
        var reply = await server.Requests.CallAsync("Test/Echo", GrpcBody.Of(bomb, flag: 1), "application/grpc", ("grpc-encoding", "gzip"));
        Assert.Equal(StatusCode.ResourceExhausted, reply.Code);
        Assert.Contains("more than 10000 bytes when it is decompressed", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_gzip_is_refused()
    {
        var reply = await server.Requests.CallAsync("Test/Echo", GrpcBody.Of("this is no gzip", flag: 1), "application/grpc", ("grpc-encoding", "gzip"));
        Assert.Equal(StatusCode.Internal, reply.Code);
        Assert.StartsWith("The peer sent a message that is not 'gzip' as it says", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_and_plain_messages_may_alternate()
    {
        byte[] body = [.. GrpcBody.Of("plain"), .. GrpcBody.Of(Gzip("compressed"u8), flag: 1), .. GrpcBody.Of("plain")];
        var reply = await server.Requests.CallAsync("Test/Count", body, "application/grpc", ("grpc-encoding", "gzip"));
        Assert.Equal(3, Assert.Single(reply.Messages).Bytes[0]);
    }

    private static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.SmallestSize))
            gzip.Write(bytes);
        return target.ToArray();
    }
}
