using System.Net;
using System.Net.Sockets;
using System.Text;
using Hawser.Grpc.Server;
using Hawser.Grpc.Tests.Server.Support;
using Hawser.Transports;

namespace Hawser.Grpc.Tests.Web;

/// <summary>gRPC-Web as bytes on the wire, in its binary and its text form.</summary>
public sealed class GrpcWebTests : IAsyncLifetime
{
    private const string Binary = "application/grpc-web+proto";
    private const string Text = "application/grpc-web-text+proto";

    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GrpcTestServer server = null!;
    private GrpcRequests browser = null!;

    public async ValueTask InitializeAsync()
    {
        server = await GrpcTestServer.StartAsync(Map, address: "http://127.0.0.1:0");
        browser = new GrpcRequests(server.Address, version: HttpVersion.Version11);
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("application/grpc-web")]
    [InlineData(Binary)]
    [InlineData("application/grpc-web+json")]
    public async Task The_status_is_the_last_frame_of_the_body(string contentType)
    {
        var reply = await browser.CallAsync("Test/Echo", GrpcBody.Of("hello"), contentType);
        Assert.Equal(200, reply.HttpStatus);
        Assert.Equal([("hello", (byte)0), ("grpc-status:0\r\n", 0x80)], Frames(reply.Body));
        Assert.StartsWith("application/grpc-web+", reply.Header("content-type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_is_the_same_in_base64()
    {
        var reply = await browser.CallAsync("Test/Echo", Convert.ToBase64String(GrpcBody.Of("hello")).ToBytes(), Text);
        Assert.Equal(Text, reply.Header("content-type"));
        Assert.Equal([("hello", (byte)0), ("grpc-status:0\r\n", 0x80)], Frames(FromText(reply.Body)));
    }

    [Fact]
    public async Task Text_may_be_padded_in_its_middle()
    {
        var body = Convert.ToBase64String([.. GrpcBody.Header(5), .. "he"u8]) + Convert.ToBase64String("l"u8) + Convert.ToBase64String("lo"u8);
        var reply = await browser.CallAsync("Test/Echo", body.ToBytes(), Text);
        Assert.Equal("hello", Frames(FromText(reply.Body))[0].Text);
    }

    [Fact]
    public async Task Long_text_comes_whole()
    {
        var message = new byte[300_000];
        Random.Shared.NextBytes(message);
        var reply = await browser.CallAsync("Test/Echo", Convert.ToBase64String(GrpcBody.Of(message)).ToBytes(), Text);
        Assert.Equal(message, GrpcBody.Read(FromText(reply.Body))[0].Bytes);
    }

    [Theory]
    [InlineData("!!!!")]
    [InlineData("AAAA=AAA")]
    [InlineData("AAAAA")]
    public async Task What_is_no_base64_is_refused(string body)
    {
        var reply = await browser.CallAsync("Test/Echo", body.ToBytes(), Text);
        Assert.Equal(StatusCode.Internal, reply.Code);
        Assert.Contains("base64", reply.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Binary)]
    [InlineData(Text)]
    public async Task A_stream_of_replies_comes_as_it_is_written(string contentType)
    {
        using var request = browser.Create("Test/Repeat", contentType == Text ? Convert.ToBase64String(GrpcBody.Of("x")).ToBytes() : GrpcBody.Of("x"), contentType);
        using var response = await browser.StartAsync(request, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var first = new byte[contentType == Text ? 8 : 6];
        await Patience.ForAsync(body.ReadExactlyAsync(first, TestContext.Current.CancellationToken).AsTask(), "the first reply, while the handler waits");
        Assert.Equal(GrpcBody.Of("x"), contentType == Text ? FromText(first) : first);
        release.SetResult();
        using var rest = new MemoryStream();
        await Patience.ForAsync(body.CopyToAsync(rest, TestContext.Current.CancellationToken), "the rest");
        var frames = Frames(contentType == Text ? FromText(rest.ToArray()) : rest.ToArray());
        Assert.Equal([("x", (byte)0), ("grpc-status:9\r\ngrpc-message:no more: %C3%BC\r\nx-trailer:t\r\n", 0x80)], frames);
    }

    [Fact]
    public async Task A_failure_before_anything_was_sent_stands_in_the_headers()
    {
        var reply = await browser.CallAsync("Test/Nothing", GrpcBody.Of(""), Binary);
        Assert.Equal((200, StatusCode.Unimplemented, true), (reply.HttpStatus, reply.Code, reply.IsTrailersOnly));
        Assert.Empty(reply.Body);
    }

    [Fact]
    public async Task Plain_gRPC_over_HTTP_1_is_told_what_works()
    {
        var reply = await browser.CallAsync("Test/Echo", GrpcBody.Of(""));
        Assert.Equal(426, reply.HttpStatus);
        Assert.Equal("gRPC needs HTTP/2; this was HTTP/1.1. Over HTTP/1.1 gRPC-Web works.", reply.Message);
    }

    [Fact]
    public async Task It_works_over_HTTP_2_as_well()
    {
        await using var other = await GrpcTestServer.StartAsync();
        var reply = await other.Requests.CallAsync("Test/Echo", GrpcBody.Of("hello"), Binary);
        Assert.Equal([("hello", (byte)0), ("grpc-status:0\r\n", 0x80)], Frames(reply.Body));
        Assert.Null(reply.Trailer("grpc-status"));
    }

    [Fact]
    public async Task With_TLS_one_port_speaks_both()
    {
        using var certificate = new TemporaryCertificate();
        await using var secure = await GrpcTestServer.StartAsync(address: "grpcs://localhost:0", transport: ServerTransportOptions.WithCertificate(certificate.Certificate));
        using var one = new GrpcRequests(secure.Address, certificate.Certificate, version: HttpVersion.Version11);
        using var two = new GrpcRequests(secure.Address, certificate.Certificate, version: HttpVersion.Version20);
        Assert.Equal("hello", Frames((await one.CallAsync("Test/Echo", GrpcBody.Of("hello"), Binary)).Body)[0].Text);
        Assert.Equal("hello", (await two.CallAsync("Test/Echo", "hello")).Text);
    }

    [Fact]
    public async Task A_deadline_is_kept_and_the_connection_goes_on()
    {
        using var request = browser.Create("Test/Stubborn", GrpcBody.Of(""), Binary, ("grpc-timeout", "10m"));
        var reply = await browser.SendAsync(request);
        Assert.Equal(StatusCode.DeadlineExceeded, reply.Code);
        Assert.Equal("next", Frames((await browser.CallAsync("Test/Echo", GrpcBody.Of("next"), Binary)).Body)[0].Text);
        release.SetResult();
        Assert.Equal("next", Frames((await browser.CallAsync("Test/Echo", GrpcBody.Of("next"), Binary)).Body)[0].Text);
    }

    [Fact]
    public async Task A_handler_that_ends_too_late_leaves_the_next_request_of_its_connection_alone()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await SendAsync(stream, [.. Head("Test/Stubborn", 5, "grpc-timeout: 10m\r\n"), .. GrpcBody.Of("")]);
        Assert.Contains("grpc-status: 4", await ReadUntilAsync(stream, "\r\n\r\n"), StringComparison.OrdinalIgnoreCase);

        var body = GrpcBody.Of("next");
        await SendAsync(stream, [.. Head("Test/Wait", body.Length), .. body]);
        await Patience.ForAsync(begun.Task, "the next call's handler to start");
        release.SetResult();
        var connection = Assert.IsType<GrpcServerConnection>(Assert.Single(server.Server.Connections));
        await Patience.UntilAsync(() => connection.AbandonedHandlers == 0, "the first call's handler to end");
        goOn.SetResult();
        Assert.Contains("next", await ReadUntilAsync(stream, "grpc-status:0\r\n\r\n0\r\n\r\n"), StringComparison.Ordinal);

        await SendAsync(stream, [.. Head("Test/Echo", body.Length), .. body]);
        Assert.Contains("next", await ReadUntilAsync(stream, "grpc-status:0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stops_finishes_what_it_has_begun()
    {
        using var request = browser.Create("Test/Repeat", GrpcBody.Of("x"), Binary);
        using var response = await browser.StartAsync(request, TestContext.Current.CancellationToken);
        var stopping = server.Server.StopAsync(Patience.Limit, TestContext.Current.CancellationToken);
        release.SetResult();
        Assert.Equal(3, GrpcBody.Read(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Count);
        await Patience.ForAsync(stopping, "the server to stop");
    }

    [Fact]
    public void A_channel_does_not_connect_to_an_address_for_browsers()
    {
        var failure = Assert.Throws<ArgumentException>(() => HawserChannel.Connect("http://127.0.0.1:1", new HawserChannelOptions { Wires = GrpcTestServer.Wires }));
        Assert.StartsWith("'http://127.0.0.1:1' is listened on for browsers; a channel connects to grpc://host:port", failure.Message, StringComparison.Ordinal);
    }

    private void Map(HawserServer map)
    {
        map.Map("Test/Wait", async (byte[] message) =>
        {
            begun.SetResult();
            await goOn.Task;
            return message;
        });
        map.Map("Test/Repeat", (byte[] message, CallContext call) => RepeatAsync(message, call));
        map.Map("Test/Stubborn", async (byte[] message) =>
        {
            await release.Task;
            return message;
        });
    }

    private async IAsyncEnumerable<byte[]> RepeatAsync(byte[] message, CallContext call)
    {
        yield return message;
        await release.Task;
        yield return message;
        call.Trailers.Add("x-trailer", "t");
        throw new RpcException(StatusCode.FailedPrecondition, "no more: ü");
    }

    private static byte[] Head(string method, int length, string headers = "") =>
        $"POST /{method} HTTP/1.1\r\nHost: here\r\nContent-Type: {Binary}\r\n{headers}Content-Length: {length}\r\n\r\n".ToBytes();

    private static async Task SendAsync(Stream stream, byte[] bytes) => await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    private static async Task<string> ReadUntilAsync(Stream stream, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            var count = await Patience.ForAsync(stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask(), $"'{end}'");
            Assert.True(count > 0, $"The server closed the connection after: {text}");
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    private static List<(string Text, byte Flag)> Frames(byte[] body) => [.. GrpcBody.Read(body).Select(frame => (Encoding.ASCII.GetString(frame.Bytes), frame.Flag))];

    /// <summary>Decodes base64 that may be padded in its middle.</summary>
    private static byte[] FromText(byte[] text) => [.. text.Chunk(4).SelectMany(group => Convert.FromBase64String(Encoding.ASCII.GetString(group)))];
}
