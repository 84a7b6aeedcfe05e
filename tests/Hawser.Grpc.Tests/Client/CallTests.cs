using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Hawser.Grpc.Tests.Client;

/// <summary>Calls of every kind, to a server that keeps to the protocol.</summary>
public sealed class CallTests : GrpcClientTest
{
    [Fact(Timeout = Hang)]
    public async Task A_unary_call_sends_what_grpc_says()
    {
        HttpRequest? seen = null;
        byte[] body = [];
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            seen = context.Request;
            body = await HttpPeer.ReadAsync(context);
            Assert.Equal(("POST", "/Test/Echo", "HTTP/2"), (seen.Method, seen.Path.Value, seen.Protocol));
            Assert.Equal("trailers", seen.Headers.TE);
            Assert.Equal("identity,gzip,deflate", seen.Headers["grpc-accept-encoding"]);
            Assert.False(seen.Headers.ContainsKey("grpc-timeout"));
            await HttpPeer.AnswerAsync(context, 0, Hello);
        });
        await using var channel = peer.Connect();

        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, [9, 8]));
        Assert.Equal(HttpPeer.Framed([9, 8]), body);
    }

    [Theory(Timeout = Hang)]
    [InlineData(null, "application/grpc+json")]
    [InlineData("proto", "application/grpc")]
    [InlineData("thrift", "application/grpc+thrift")]
    public async Task The_codec_is_the_content_type(string? codec, string expected)
    {
        string? seen = null;
        await using var peer = await HttpPeer.StartAsync(context =>
        {
            seen = context.Request.ContentType;
            return HttpPeer.AnswerAsync(context, 0, Hello);
        });
        await using var channel = peer.Connect();
        await using var call = await channel.StartAsync(new Method(Echo) { Codec = codec });
        await call.WriteAsync(default);
        await call.CompleteAsync();

        Assert.True(await call.ReadAsync());
        Assert.Equal(expected, seen);
    }

    [Fact(Timeout = Hang)]
    public async Task Nothing_travels_as_an_empty_message()
    {
        byte[] body = [];
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            body = await HttpPeer.ReadAsync(context);
            await HttpPeer.AnswerAsync(context, 0, []);
        });
        await using var channel = peer.Connect();

        await channel.CallAsync<Empty>(Echo);

        Assert.Equal(new byte[5], body);
    }

    [Fact(Timeout = Hang)]
    public async Task A_large_message_passes_both_ways()
    {
        await using var peer = await HttpPeer.StartAsync(async context => await HttpPeer.AnswerAsync(context, 0, (await HttpPeer.ReadAsync(context))[5..]));
        await using var channel = peer.Connect();
        var message = new byte[3_000_000];
        Random.Shared.NextBytes(message);

        Assert.Equal(message, await channel.CallAsync<byte[], byte[]>(Echo, message));
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_stream_gives_every_message_however_they_are_cut()
    {
        var sizes = new[] { 0, 1, 5, 4000, 4096, 70_000, 3, 300_000, 2 };
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            var all = sizes.SelectMany(size => HttpPeer.Framed(Enumerable.Repeat((byte)size, size).ToArray())).ToArray();
            foreach (var piece in all.Chunk(777))
                await context.Response.Body.WriteAsync(piece);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var channel = peer.Connect();

        var (items, failure) = await ReadAllAsync(channel.StreamAsync<byte[], byte[]>(Echo, Hello));

        Assert.Null(failure);
        Assert.Equal(sizes, items.Select(item => item.Length));
        Assert.All(items, item => Assert.All(item, one => Assert.Equal((byte)item.Length, one)));
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_stream_arrives_in_order()
    {
        byte[] body = [];
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            body = await HttpPeer.ReadAsync(context);
            await HttpPeer.AnswerAsync(context, 0, Hello);
        });
        await using var channel = peer.Connect();
        var messages = Enumerable.Range(0, 1000).Select(number => new byte[number]).ToArray();

        Assert.Equal(Hello, await channel.CallAsync<byte[], byte[]>(Echo, StreamOf(messages)));
        Assert.Equal(messages.SelectMany(message => HttpPeer.Framed(message)), body);
    }

    [Fact(Timeout = Hang)]
    public async Task Both_directions_of_a_duplex_call_are_independent()
    {
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.FlushAsync();
            await context.Request.Body.CopyToAsync(context.Response.Body);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var channel = peer.Connect();
        await using var call = await channel.StartAsync(new Method(Echo, Body.Stream, Body.Stream));
        Assert.Empty(await call.ReadHeadersAsync());

        for (byte i = 0; i < 100; i++)
        {
            Assert.True(await call.WriteAsync(new ReadOnlySequence<byte>(new byte[] { i })));
            Assert.True(await call.ReadAsync());
            Assert.Equal([i], call.Message.ToArray());
        }

        await call.CompleteAsync();
        Assert.False(await call.ReadAsync());
        Assert.Same(Status.Ok, call.Status);
    }

    [Fact(Timeout = Hang)]
    public async Task Messages_with_a_hint_wait_for_the_next_without()
    {
        var reads = 0;
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.FlushAsync();
            reads = (await context.Request.BodyReader.ReadAtLeastAsync(12)).Buffer.Length == 12 ? 1 : 2;
            await HttpPeer.ReadAsync(context);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var channel = peer.Connect();
        await using var call = await channel.StartAsync(new Method(Echo, Body.Stream, Body.Stream));
        await call.ReadHeadersAsync();

        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[1]), WriteFlags.BufferHint);
        await call.WriteAsync(new ReadOnlySequence<byte>(new byte[1]));
        await call.CompleteAsync();

        Assert.False(await call.ReadAsync());
        Assert.Equal(1, reads);
    }

    [Fact(Timeout = Hang)]
    public async Task A_slow_server_makes_the_writer_wait()
    {
        var release = new TaskCompletionSource();
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.FlushAsync();
            await release.Task;
            await HttpPeer.ReadAsync(context);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var channel = peer.Connect();
        await using var call = await channel.StartAsync(new Method(Echo, Body.Stream, Body.Stream));
        await call.ReadHeadersAsync();

        // More than both sides' windows and buffers can hold.
        var writing = WriteAsync(call, messages: 100, size: 100_000);
        Assert.False(writing.IsCompleted);
        release.SetResult();
        await writing;
        Assert.False(await call.ReadAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task A_notification_is_over_when_it_is_sent()
    {
        var arrived = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            arrived.SetResult(await HttpPeer.ReadAsync(context));
            await release.Task.WaitAsync(context.RequestAborted);
        });
        await using var channel = peer.Connect();

        await channel.NotifyAsync(Echo, Hello);

        Assert.Equal(HttpPeer.Framed(Hello), await arrived.Task);
        release.SetResult();
    }

    [Fact(Timeout = Hang)]
    public async Task A_notification_made_by_hand_is_not_cancelled_by_its_end()
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            await HttpPeer.ReadAsync(context);
            await release.Task;
            await HttpPeer.AnswerAsync(context, 0, []);
            await context.Response.CompleteAsync();
            ended.SetResult(!context.RequestAborted.IsCancellationRequested);
        });
        await using var channel = peer.Connect();
        await using (var call = await channel.StartAsync(new Method(Echo, Body.Message, Body.Empty, oneWay: true)))
        {
            await call.WriteAsync(new ReadOnlySequence<byte>(Hello));
            await call.CompleteAsync();
            Assert.False(await call.ReadAsync());
        }

        release.SetResult();
        Assert.True(await ended.Task);
    }

    [Fact(Timeout = Hang)]
    public async Task Octets_travel_as_messages()
    {
        await using var peer = await HttpPeer.StartAsync(async context =>
        {
            context.Response.ContentType = "application/grpc";
            await context.Request.Body.CopyToAsync(context.Response.Body);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await using var channel = peer.Connect();
        var octets = new byte[1_000_000];
        Random.Shared.NextBytes(octets);

        await using var reply = await channel.ExchangeAsync(Echo, new MemoryStream(octets));
        using var received = new MemoryStream();
        await reply.AsStream().CopyToAsync(received);

        Assert.Equal(octets, received.ToArray());
    }

    [Fact(Timeout = Hang)]
    public async Task Octets_are_cut_with_a_status_behind_the_last_of_them()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 15, [1, 2], [3]));
        await using var channel = peer.Connect();
        await using var reply = await channel.DownloadAsync(Echo, Hello);
        using var received = new MemoryStream();

        var failure = await Assert.ThrowsAsync<RpcException>(() => reply.AsStream().CopyToAsync(received));

        Assert.Equal(StatusCode.DataLoss, failure.Code);
        Assert.Equal([1, 2, 3], received.ToArray());
    }

    [Fact(Timeout = Hang)]
    public async Task Octets_that_are_asked_for_in_larger_pieces_are_joined()
    {
        await using var peer = await HttpPeer.StartAsync(context => HttpPeer.AnswerAsync(context, 0, [1, 2], [], [3], [4, 5, 6]));
        await using var channel = peer.Connect();
        await using var reply = await channel.DownloadAsync(Echo, Hello);

        var read = await reply.Reader.ReadAtLeastAsync(5);
        Assert.Equal([1, 2, 3, 4, 5, 6], read.Buffer.ToArray());
        reply.Reader.AdvanceTo(read.Buffer.GetPosition(4));
        read = await reply.Reader.ReadAsync();
        Assert.Equal([5, 6], read.Buffer.ToArray());
        reply.Reader.AdvanceTo(read.Buffer.End);
        Assert.True((await reply.Reader.ReadAsync()).IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task More_calls_than_one_connection_takes_are_made_on_several()
    {
        var connections = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var peer = await HttpPeer.StartAsync(
            async context =>
            {
                connections.TryAdd(context.Connection.Id, value: true);
                if (Interlocked.Increment(ref arrived) == 20)
                    all.SetResult();
                await all.Task;
                await HttpPeer.AnswerAsync(context, 0, Hello);
            },
            options => options.Limits.Http2.MaxStreamsPerConnection = 10);
        await using var channel = peer.Connect(new GrpcClientOptions { MaxConnections = 3 });

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => channel.CallAsync<byte[], byte[]>(Echo, Hello).AsTask()));

        Assert.InRange(connections.Count, 2, 3);
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_beyond_all_connections_wait_for_their_turn()
    {
        var links = 0;
        await using var peer = new FramePeer(async (peer, link, _) =>
        {
            Interlocked.Increment(ref links);
            await peer.GreetAsync(link, maxStreams: 1);
            while (true)
                await peer.AnswerAsync(link, await peer.ReadRequestAsync(link), Hello);
        });
        await using var channel = peer.Connect(new GrpcClientOptions { MaxConnections = 2 });

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => channel.CallAsync<byte[], byte[]>(Echo, Hello).AsTask()));

        Assert.InRange(links, 1, 2);
    }

    private static async Task WriteAsync(ClientCall call, int messages, int size)
    {
        for (var i = 0; i < messages; i++)
            Assert.True(await call.WriteAsync(new ReadOnlySequence<byte>(new byte[size])));
        await call.CompleteAsync();
    }
}
