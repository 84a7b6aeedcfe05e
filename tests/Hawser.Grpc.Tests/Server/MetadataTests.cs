using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>Metadata both ways, and what of a peer's is refused.</summary>
public sealed class MetadataTests : IAsyncLifetime
{
    private const int MaxMetadataSize = 4096;

    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(
        map =>
        {
            map.Map("Test/Show", (byte[] _, CallContext call) => string.Join(';', call.RequestMetadata.Select(Show)).ToBytes());
            map.Map("Test/Give", async (byte[] _, CallContext call) =>
            {
                await call.WriteHeadersAsync(new Metadata().Add("x-header", "h").Add("x-header-bin", "\0\u00FFh"u8.ToArray()));
                call.Trailers.Add("x-trailer", "t1").Add("x-trailer", "t2").Add("x-trailer-bin", new byte[] { 0, 255 });
                return Array.Empty<byte>();
            });
            map.Map("Test/Fail", void (byte[] _) => throw new RpcException(new Status(StatusCode.Aborted, "no"), new Metadata().Add("x-trailer", "t")));
            map.Map("Test/TooMuch", (byte[] _, CallContext call) =>
            {
                call.Trailers.Add("x-trailer", new string('t', MaxMetadataSize));
                return Array.Empty<byte>();
            });
        },
        new HawserServerOptions { Wires = GrpcTestServer.Wires, Limits = new ConnectionLimits { MaxMetadataSize = MaxMetadataSize } });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_handler_sees_what_the_caller_sent_and_nothing_of_the_protocol()
    {
        var reply = await server.Requests.CallAsync(
            "Test/Show", "", ("x-text", "a b"), ("X-Upper", "1"), ("authorization", "Bearer y"), ("grpc-timeout", "60S"), ("user-agent", "z"), ("x-bytes-bin", "AP8="));
        Assert.Equal("authorization=Bearer y;x-bytes-bin=00FF;x-text=a b;x-upper=1", string.Join(';', reply.Text.Split(';').Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Bytes_come_with_and_without_padding_and_joined_by_commas()
    {
        var reply = await server.Requests.CallAsync("Test/Show", "", ("x-bin", "AP8=,AP8"), ("x-bin", "AQ"));
        Assert.Equal("x-bin=00FF;x-bin=00FF;x-bin=01", reply.Text);
    }

    [Fact]
    public async Task A_handler_gives_headers_and_trailers()
    {
        var reply = await server.Requests.CallAsync("Test/Give", "");
        Assert.Equal("h", reply.Header("x-header"));
        Assert.Equal("AMO/aA", reply.Header("x-header-bin"));
        Assert.Equal("t1,t2", reply.Trailer("x-trailer"));
        Assert.Equal("AP8", reply.Trailer("x-trailer-bin"));
        Assert.Equal(StatusCode.Ok, reply.Code);
    }

    [Fact]
    public async Task Trailers_of_a_failure_stand_in_the_headers_where_nothing_was_sent_before()
    {
        var reply = await server.Requests.CallAsync("Test/Fail", "");
        Assert.True(reply.IsTrailersOnly);
        Assert.Equal((StatusCode.Aborted, "no", "t"), (reply.Code, reply.Message, reply.Header("x-trailer")));
        Assert.Empty(reply.Body);
    }

    [Fact]
    public async Task Bad_base64_is_refused()
    {
        var reply = await server.Requests.CallAsync("Test/Show", "", ("x-bytes-bin", "not base64!"));
        Assert.Equal((StatusCode.Internal, "The peer's metadata 'x-bytes-bin' is not base64."), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task Metadata_over_the_limit_end_the_call_and_not_the_connection()
    {
        var reply = await server.Requests.CallAsync("Test/Show", "", ("x-text", new string('x', MaxMetadataSize)));
        Assert.Equal(StatusCode.ResourceExhausted, reply.Code);
        Assert.Contains("at most 4096 are allowed (ConnectionLimits.MaxMetadataSize)", reply.Message, StringComparison.Ordinal);
        Assert.Single(server.Server.Connections);
        Assert.Equal("x-text=x", (await server.Requests.CallAsync("Test/Show", "", ("x-text", "x"))).Text);
        Assert.Single(server.Server.Connections);
    }

    [Fact]
    public async Task A_handler_s_trailers_over_the_limit_are_a_failure_that_says_so()
    {
        var reply = await server.Requests.CallAsync("Test/TooMuch", "");
        Assert.Equal(StatusCode.ResourceExhausted, reply.Code);
        Assert.Contains("ConnectionLimits.MaxMetadataSize", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_fields_are_bounded_by_their_count()
    {
        using var peer = await server.OpenAsync();
        var fields = Enumerable.Range(0, 1000).Select(i => ($"x-{i}", "")).ToArray();
        await peer.WriteAsync(Http2Peer.Split(peer.RequestHeaders(1, "Test/Show", fields)));
        var answer = await peer.ReadUntilAsync(frame => frame.Type == Http2FrameType.Headers, "the status");
        Assert.True(answer.HasHeader("grpc-status", "8"));
    }

    [Fact]
    public async Task Ten_thousand_fields_end_their_own_connection_only()
    {
        using var peer = await server.OpenAsync();
        var fields = Enumerable.Range(0, 10_000).Select(i => ($"x-{i}", "v")).ToArray();
        await peer.WriteAsync(Http2Peer.Split(peer.RequestHeaders(1, "Test/Show", fields)));
        Assert.Contains(await peer.ReadToEndAsync(), frame => frame.Type == Http2FrameType.GoAway);
        Assert.Equal("x-text=x", (await server.Requests.CallAsync("Test/Show", "", ("x-text", "x"))).Text);
    }

    private static string Show(Metadata.Entry entry) => $"{entry.Key}={entry.Value ?? Convert.ToHexString(entry.Bytes.Span)}";
}
