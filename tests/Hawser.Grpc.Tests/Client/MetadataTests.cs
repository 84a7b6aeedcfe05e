using Microsoft.AspNetCore.Http;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Metadata, status texts and details, both ways.</summary>
public sealed class MetadataTests : GrpcClientTest
{
    [Fact(Timeout = Hang)]
    public async Task Metadata_travels_as_headers()
    {
        IHeaderDictionary? seen = null;
        await using var peer = await HttpPeer.StartAsync(context =>
        {
            seen = new HeaderDictionary(context.Request.Headers.ToDictionary(one => one.Key, one => one.Value, StringComparer.OrdinalIgnoreCase));
            return HttpPeer.AnswerAsync(context, 0, Hello);
        });
        await using var channel = peer.Connect();
        var metadata = new Metadata().Add("tenant", "a b").Add("authorization", "Bearer x").Add("content-language", "de").Add("trace-bin", new byte[] { 0, 255, 1, 2 }).Add("empty", "");

        await channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Metadata = metadata });

        Assert.Equal("a b", seen!["tenant"]);
        Assert.Equal("Bearer x", seen["authorization"]);
        Assert.Equal("de", seen["content-language"]);
        Assert.Equal("AP8BAg", seen["trace-bin"]);
        Assert.Equal("", seen["empty"]);
    }

    [Theory(Timeout = Hang)]
    [InlineData("grpc-timeout")]
    [InlineData("te")]
    [InlineData("content-type")]
    [InlineData("user-agent")]
    public async Task A_reserved_key_is_refused_before_it_is_sent(string key)
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = peer.Connect();

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Metadata = new Metadata().Add(key, "x") }));

        AssertSays(failure, StatusCode.InvalidArgument, $"'{key}'");
        Assert.True(failure.NotRun);
    }

    [Fact(Timeout = Hang)]
    public async Task Request_metadata_over_the_limit_is_refused_before_it_is_sent()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, Hello));
        await using var channel = peer.Connect(limits: new ConnectionLimits { MaxMetadataSize = 1000 });

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Metadata = new Metadata().Add("large", new string('x', 1000)) }));

        AssertSays(failure, StatusCode.ResourceExhausted, "1000", "ConnectionLimits.MaxMetadataSize");
    }

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_result_has_headers_status_and_trailers(bool streams)
    {
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.Headers["when"] = "early";
            context.Response.Headers["Cache-Control"] = "none";
            await HttpPeer.AnswerAsync(context, 0, Hello);
            context.Response.AppendTrailer("when", "late");
            context.Response.AppendTrailer("more-bin", "AQID");
        });
        await using var channel = peer.Connect();
        var result = new CallResult();
        var options = new CallOptions { Result = result };

        if (streams)
            await ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello, options));
        else
            await channel.CallAsync<byte[], byte[]>(Echo, Hello, options);

        Assert.Equal(("early", "none"), (result.Headers["when"], result.Headers["cache-control"]));
        Assert.Equal(2, result.Headers.Count);
        Assert.Equal("late", result.Trailers["when"]);
        Assert.Equal([1, 2, 3], result.Trailers.Last().Bytes.ToArray());
        Assert.True(result.Status is { IsOk: true });
    }

    [Fact(Timeout = Hang)]
    public async Task A_failure_has_its_details_and_trailers()
    {
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            await HttpPeer.RefuseAsync(context, 9, "%E2%98%BA%0Atwo lines");
            context.Response.Headers["grpc-status-details-bin"] = "AQID";
            context.Response.Headers["cause"] = "x";
        });
        await using var channel = peer.Connect();

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));

        Assert.Equal((StatusCode.FailedPrecondition, "☺\ntwo lines"), (failure.Code, failure.Status.Text));
        Assert.Equal([1, 2, 3], failure.Status.Details.ToArray());
        Assert.Equal("x", failure.Trailers["cause"]);
        Assert.False(failure.NotRun);
    }

    [Fact(Timeout = Hang)]
    public async Task Headers_can_be_read_before_the_first_message()
    {
        var release = new TaskCompletionSource();
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["when"] = "early";
            await context.Response.Body.FlushAsync();
            await release.Task;
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var channel = peer.Connect();
        await using var call = await channel.StartAsync(new Method(Echo, Body.Empty, Body.Stream));
        await call.CompleteAsync();

        Assert.Equal("early", (await call.ReadHeadersAsync())["when"]);
        release.SetResult();
        Assert.False(await call.ReadAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task Headers_of_a_call_that_was_refused_are_its_failure()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.RefuseAsync(context, 7, "no"));
        await using var channel = peer.Connect();
        await using var call = await channel.StartAsync(new Method(Echo, Body.Empty, Body.Stream));
        await call.CompleteAsync();

        AssertSays(await FailureOfAsync(call.ReadHeadersAsync()), StatusCode.PermissionDenied, "no");
    }

    [Theory(Timeout = Hang)]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Requests_and_replies_can_be_compressed(string compression)
    {
        byte[] body = [];
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            Assert.Equal(compression, context.Request.Headers["grpc-encoding"]);
            body = await HttpPeer.ReadAsync(context);
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-encoding"] = compression;
            await context.Response.Body.WriteAsync(body);
            await context.Response.Body.WriteAsync(HttpPeer.Framed([7]));
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var channel = peer.Connect(new GrpcClientOptions { Compression = compression });
        await using var call = await channel.StartAsync(new Method(Echo, Body.Stream, Body.Stream));
        var message = new byte[10_000];

        await call.WriteAsync(new System.Buffers.ReadOnlySequence<byte>(message));
        await call.CompleteAsync();

        Assert.True(await call.ReadAsync());
        Assert.Equal((message.Length, true), ((int)call.Message.Length, call.IsMessageCompressed));
        Assert.True(await call.ReadAsync());
        Assert.Equal((1, false), ((int)call.Message.Length, call.IsMessageCompressed));
        Assert.False(await call.ReadAsync());
        Assert.Equal(1, body[0]);
        Assert.InRange(body.Length, 1, 1000);
    }

    [Fact(Timeout = Hang)]
    public async Task One_message_can_be_left_uncompressed()
    {
        byte[] body = [];
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            body = await HttpPeer.ReadAsync(context);
            await HttpPeer.AnswerAsync(context, 0, Hello);
        });
        await using var channel = peer.Connect(new GrpcClientOptions { Compression = "gzip" });
        await using var call = await channel.StartAsync(new Method(Echo));

        await call.WriteAsync(new System.Buffers.ReadOnlySequence<byte>(Hello), WriteFlags.NoCompress);
        await call.CompleteAsync();

        Assert.True(await call.ReadAsync());
        Assert.Equal(HttpPeer.Framed(Hello), body);
    }

    [Fact]
    public void A_compression_that_is_not_known_is_refused_at_once() =>
        Assert.Contains("gzip", Assert.Throws<ArgumentException>(() => new GrpcClientOptions { Compression = "snappy" }).Message, StringComparison.Ordinal);
}
