using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Servers that do not keep to the protocol, or fail in the middle: a status with a sentence, and the channel stays usable.</summary>
public sealed class BadPeerTests : GrpcClientTest
{
    [Theory(Timeout = Hang)]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    public async Task An_http_status_is_told(int http, StatusCode code)
    {
        var failure = await FailureAsync(context =>
        {
            context.Response.StatusCode = http;
            return Task.CompletedTask;
        });

        AssertSays(failure, code, $"HTTP status {http}", Echo);
    }

    [Theory(Timeout = Hang)]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData(null)]
    public async Task A_content_type_that_is_not_grpc_is_told(string? contentType)
    {
        var failure = await FailureAsync(async context =>
        {
            context.Response.ContentType = contentType;
            await context.Response.WriteAsync("<html>");
        });

        AssertSays(failure, StatusCode.Unknown, contentType ?? "without a content type", "is it a gRPC server?");
    }

    [Fact(Timeout = Hang)]
    public async Task A_missing_status_is_no_success()
    {
        var failure = await FailureAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello));
        });

        AssertSays(failure, StatusCode.Unknown, "grpc-status");
    }

    [Fact(Timeout = Hang)]
    public async Task A_status_without_messages_may_come_in_the_headers()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.RefuseAsync(context, 5, "no snapshot %22tank%40a%22"));
        await using var channel = peer.Connect();

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.NotFound, "no snapshot \"tank@a\"");
        var (items, failure) = await ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello));
        Assert.Empty(items);
        Assert.Equal(StatusCode.NotFound, failure?.Code);
    }

    [Fact(Timeout = Hang)]
    public async Task A_status_behind_a_message_beats_the_message()
    {
        var failure = await FailureAsync(context => HttpPeer.AnswerAsync(context, 10, Hello));

        AssertSays(failure, StatusCode.Aborted);
    }

    [Fact(Timeout = Hang)]
    public async Task A_success_without_a_reply_is_told()
    {
        var failure = await FailureAsync(context => HttpPeer.AnswerAsync(context, 0));

        AssertSays(failure, StatusCode.Internal, "sent no reply");
    }

    [Fact(Timeout = Hang)]
    public async Task A_second_reply_is_told()
    {
        var failure = await FailureAsync(context => HttpPeer.AnswerAsync(context, 0, Hello, Hello));

        AssertSays(failure, StatusCode.Internal, "second reply");
    }

    [Theory(Timeout = Hang)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_body_that_ends_in_the_middle_of_a_message_is_told(int size)
    {
        var failure = await FailureAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello).AsMemory(0, size));
            context.Response.AppendTrailer("grpc-status", "0");
        });

        AssertSays(failure, StatusCode.Internal, "middle of a message");
    }

    [Fact(Timeout = Hang)]
    public async Task A_message_over_the_limit_is_refused_before_it_has_come()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.RequestAborted.Register(gone.SetResult);
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[] { 0, 0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3 });
            await gone.Task;
        });
        await using var channel = peer.Connect(limits: new ConnectionLimits { MaxMessageSize = 1000 });

        AssertSays(await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello)), StatusCode.ResourceExhausted, "2147483647", "1000", "ConnectionLimits.MaxMessageSize");
        await gone.Task;
    }

    [Theory(Timeout = Hang)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_wrong_first_byte_is_told(byte flag)
    {
        var failure = await FailureAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello, flag));
            context.Response.AppendTrailer("grpc-status", "0");
        });

        AssertSays(failure, StatusCode.Internal, flag == 1 ? "grpc-encoding" : "first byte is 7");
    }

    [Fact(Timeout = Hang)]
    public async Task A_compressed_bomb_is_given_up_at_the_limit()
    {
        var bomb = Gzip(new byte[50_000_000]);
        var failure = await FailureAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-encoding"] = "gzip";
            await context.Response.Body.WriteAsync(HttpPeer.Framed(bomb, 1));
            context.Response.AppendTrailer("grpc-status", "0");
        });

        AssertSays(failure, StatusCode.ResourceExhausted, "decompressed", "ConnectionLimits.MaxMessageSize");
    }

    [Fact(Timeout = Hang)]
    public async Task An_unknown_compression_is_told()
    {
        var failure = await FailureAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-encoding"] = "snappy";
            await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello, 1));
            context.Response.AppendTrailer("grpc-status", "0");
        });

        AssertSays(failure, StatusCode.Internal, "snappy", "gzip");
    }

    [Theory(Timeout = Hang)]
    [InlineData(0, StatusCode.Unavailable, "NO_ERROR")]
    [InlineData(1, StatusCode.Internal, "PROTOCOL_ERROR")]
    [InlineData(2, StatusCode.Internal, "INTERNAL_ERROR")]
    [InlineData(7, StatusCode.Unavailable, "REFUSED_STREAM")]
    [InlineData(8, StatusCode.Cancelled, "CANCEL")]
    [InlineData(11, StatusCode.ResourceExhausted, "ENHANCE_YOUR_CALM")]
    [InlineData(12, StatusCode.PermissionDenied, "INADEQUATE_SECURITY")]
    public async Task A_reset_before_the_answer_is_told(int error, StatusCode code, string name)
    {
        var failure = await FailureAsync(async context =>
        {
            await HttpPeer.ReadAsync(context);
            HttpPeer.Reset(context, error);
        });

        AssertSays(failure, code, name);
        Assert.Equal(error is 7 or 12, failure.NotRun);
    }

    [Fact(Timeout = Hang)]
    public async Task A_reset_in_the_middle_of_a_stream_comes_behind_what_was_whole()
    {
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            await HttpPeer.ReadAsync(context);
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello));
            await context.Response.Body.WriteAsync(HttpPeer.Framed(Hello).AsMemory(0, 6));
            await context.Response.Body.FlushAsync();
            if (context.Request.Headers["first"] == "read")
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            HttpPeer.Reset(context, 2);
        });
        await using var channel = peer.Connect();

        var (items, failure) = await ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello));

        // HTTP/2 drops what was not read when the reset came; there is never more than was whole.
        Assert.InRange(items.Count, 0, 1);
        AssertSays(failure!, StatusCode.Internal, "INTERNAL_ERROR");
    }

    [Fact(Timeout = Hang)]
    public async Task Ten_thousand_header_fields_are_refused()
    {
        await using var peer = await HttpPeer.StartAsync(context =>
        {
            if (context.Request.Headers.ContainsKey("many"))
            {
                for (var i = 0; i < 10_000; i++)
                    context.Response.Headers[$"x-{i}"] = "y";
            }

            return HttpPeer.AnswerAsync(context, 0, Hello);
        });
        await using var channel = peer.Connect();

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello, new CallOptions { Metadata = new Metadata().Add("many", "") }));

        AssertSays(failure, StatusCode.ResourceExhausted, "ConnectionLimits.MaxMetadataSize");
        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, Hello));
    }

    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metadata_over_the_limit_is_refused(bool inTrailers)
    {
        var failure = await FailureAsync(async context =>
        {
            var large = new string('x', 17 * 1024);
            if (!inTrailers)
                context.Response.Headers["large"] = large;
            await HttpPeer.AnswerAsync(context, 0, Hello);
            if (inTrailers)
                context.Response.AppendTrailer("large", large);
        });

        AssertSays(failure, StatusCode.ResourceExhausted, "ConnectionLimits.MaxMetadataSize");
    }

    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bytes_that_are_not_base64_are_told_by_their_key(bool inTrailers)
    {
        var failure = await FailureAsync(async context =>
        {
            if (!inTrailers)
                context.Response.Headers["trace-bin"] = "???";
            await HttpPeer.AnswerAsync(context, 0, Hello);
            if (inTrailers)
                context.Response.AppendTrailer("trace-bin", "???");
        });

        AssertSays(failure, StatusCode.Internal, "'trace-bin'", "base64");
    }

    [Fact(Timeout = Hang)]
    public async Task A_link_that_is_cut_in_the_middle_may_have_run_the_call()
    {
        await using var peer = new FramePeer(async (peer, link, _) =>
        {
            await peer.GreetAsync(link);
            await peer.ReadRequestAsync(link);
            await peer.ReadAsync(link);
        });
        await using var channel = peer.Connect();

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));

        AssertSays(failure, StatusCode.Unavailable, "was lost", "may have run");
        Assert.False(failure.NotRun);
    }

    [Fact(Timeout = Hang)]
    public async Task What_is_above_the_last_stream_of_a_going_away_is_called_on_another_link()
    {
        await using var peer = new FramePeer(async (peer, link, number) =>
        {
            await peer.GreetAsync(link);
            var stream = await peer.ReadRequestAsync(link);
            if (number == 0)
                await peer.GoAwayAsync(link, lastStream: 0, code: 0);
            else
                await peer.AnswerAsync(link, stream, Hello);
            while (true)
                await peer.ReadAsync(link);
        });
        await using var channel = peer.Connect();

        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, Hello));
    }

    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_goes_on_when_its_stream_is_refused_is_called_again_if_it_is_kept(bool isKept)
    {
        await using var peer = new FramePeer(async (peer, link, number) =>
        {
            await peer.GreetAsync(link);
            var stream = await peer.ReadRequestAsync(link);
            for (var data = 0; number == 0 && data < (isKept ? 1 : 60_000);)
                data += await peer.ReadAsync(link) is { Kind: FrameKind.Data } frame ? frame.Payload.Length : 0;
            if (number == 0)
                await peer.GoAwayAsync(link, lastStream: 0, code: 0);
            else
                await peer.AnswerAsync(link, stream, Hello);
            while (true)
                await peer.ReadAsync(link);
        });
        await using var channel = peer.Connect(new GrpcClientOptions());
        await using var call = await channel.StartAsync(new Method(Echo, Body.Stream, Body.Message));
        await call.WriteAsync(new System.Buffers.ReadOnlySequence<byte>(isKept ? Hello : new byte[300_000]));

        Assert.Equal(isKept, await call.ReadAsync());
        if (!isKept)
        {
            Assert.Equal(StatusCode.Unavailable, call.Status?.Code);
            Assert.True(call.NotRun);
        }
    }

    [Fact(Timeout = Hang)]
    public async Task A_refused_stream_is_called_again()
    {
        await using var peer = new FramePeer(async (peer, link, _) =>
        {
            await peer.GreetAsync(link);
            var stream = await peer.ReadRequestAsync(link);
            await peer.WriteAsync(link, FrameKind.Reset, 0, stream, 0, 0, 0, 7);
            stream = await peer.ReadRequestAsync(link);
            await peer.AnswerAsync(link, stream, Hello);
            while (true)
                await peer.ReadAsync(link);
        });
        await using var channel = peer.Connect();

        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, Hello));
    }

    [Theory(Timeout = Hang)]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("220 mail.example.org ESMTP\r\n")]
    [InlineData("HAWSER\0\u0001")]
    public async Task A_server_of_another_protocol_is_told(string greeting)
    {
        await using var peer = new FramePeer(async (peer, link, _) =>
        {
            await link.ReadExactlyAsync(new byte[24], peer.Stopping);
            await link.WriteAsync(System.Text.Encoding.ASCII.GetBytes(greeting), peer.Stopping);
            while (await link.ReadAsync(new byte[1000], peer.Stopping) > 0)
                continue;
        });
        await using var channel = peer.Connect();

        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));

        AssertSays(failure, StatusCode.Unavailable, "HTTP/2", "is it a gRPC server?");
    }

    private static async Task<RpcException> FailureAsync(RequestDelegate answer)
    {
        await using var peer = await HttpPeer.StartAsync(answer);
        await using var channel = peer.Connect();
        var failure = await FailureOfAsync(channel.CallAsync<byte[], byte[]>(Echo, Hello));

        // The same on the long way, which streams take.
        await using var call = await channel.StartAsync(new Method(Echo));
        await call.WriteAsync(new System.Buffers.ReadOnlySequence<byte>(Hello));
        await call.CompleteAsync();
        while (await call.ReadAsync())
            continue;
        if (!failure.Status.Text.Contains("sent no reply", StringComparison.Ordinal))
            Assert.Equal(failure.Status.ToString(), call.Status?.ToString());
        return failure;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return output.ToArray();
    }
}
