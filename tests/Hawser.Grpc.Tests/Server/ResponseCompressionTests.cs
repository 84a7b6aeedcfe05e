using System.IO.Compression;
using System.Text;
using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>A server that compresses does so for those who accept it.</summary>
public sealed class ResponseCompressionTests : IAsyncLifetime
{
    private static readonly string Long = new('x', 5000);

    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(
        map => map.Endpoints.Add(new MixedEndpoint()),
        new HawserServerOptions { Wires = [new GrpcWire { Server = new GrpcServerOptions { Compression = "gzip" } }] });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Responses_are_compressed_for_those_who_accept_it()
    {
        var reply = await server.Requests.CallAsync("Test/Echo", Long, ("grpc-accept-encoding", "br, gzip"));
        Assert.Equal("gzip", reply.Header("grpc-encoding"));
        var (flag, bytes) = Assert.Single(reply.Messages);
        Assert.Equal(1, flag);
        Assert.InRange(bytes.Length, 1, 100);
        Assert.Equal(Long, Gunzip(bytes));
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("br,zstd")]
    [InlineData("gzipped")]
    public async Task Others_get_them_as_they_are(string accepted)
    {
        var reply = await server.Requests.CallAsync("Test/Echo", Long, ("grpc-accept-encoding", accepted));
        Assert.Null(reply.Header("grpc-encoding"));
        Assert.Equal((0, Long), (reply.Messages[0].Flag, reply.Text));
    }

    [Fact]
    public async Task A_message_may_ask_not_to_be_compressed()
    {
        var reply = await server.Requests.CallAsync("Test/Mixed", Long, ("grpc-accept-encoding", "gzip"));
        Assert.Equal([1, 0], reply.Messages.Select(message => message.Flag));
    }

    private static string Gunzip(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private sealed class MixedEndpoint() : Endpoint(new Method("Test/Mixed", Body.Message, Body.Stream))
    {
        public override async ValueTask InvokeAsync(ServerCall call)
        {
            await call.ReadAsync();
            await call.WriteAsync(call.Message);
            await call.WriteAsync(call.Message, WriteFlags.NoCompress);
            await call.FinishAsync(Status.Ok);
        }
    }
}
