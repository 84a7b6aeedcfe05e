using System.Text;
using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>All kinds of calls, as bytes on the wire.</summary>
public sealed class CallKindTests : IAsyncLifetime
{
    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(map =>
    {
        map.Map("Test/Chat", (IAsyncEnumerable<byte[]> messages) => messages.Select(message => Encoding.UTF8.GetString(message).ToUpperInvariant().ToBytes()));
        map.Map("Test/Repeat", (byte[] message) => Enumerable.Repeat(message, 1000).ToAsyncEnumerable());
        map.Map("Test/Add", async (IAsyncEnumerable<int> numbers) => await numbers.SumAsync());
        map.Map("Test/Upload", async (Stream octets) => await new StreamReader(octets).ReadToEndAsync());
        map.Map("Test/Download", (byte[] message) => (Stream)new MemoryStream([.. message, .. message]));
        map.Endpoints.MapOneWay("Test/Tell", (byte[] _) => { });
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_duplex_call_answers_while_it_is_asked()
    {
        var body = new RequestStream();
        using var request = server.Requests.Create("Test/Chat", body);
        var responding = server.Requests.StartAsync(request, TestContext.Current.CancellationToken);
        await body.WriteAsync(GrpcBody.Of("a"));
        using var response = await responding;
        await using var replies = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        foreach (var (sent, expected) in new[] { ((string?)null, "A"), ("b", "B"), ("c", "C") })
        {
            if (sent is not null)
                await body.WriteAsync(GrpcBody.Of(sent));
            var reply = new byte[6];
            await Patience.ForAsync(replies.ReadExactlyAsync(reply, TestContext.Current.CancellationToken).AsTask(), "a reply");
            Assert.Equal(GrpcBody.Of(expected), reply);
        }

        body.Complete();
        Assert.Equal(0, await replies.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal("0", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
    }

    [Fact]
    public async Task A_stream_of_replies_comes_whole_and_in_order()
    {
        var reply = await server.Requests.CallAsync("Test/Repeat", "x");
        Assert.Equal((1000, StatusCode.Ok), (reply.Messages.Count, reply.Code));
    }

    [Fact]
    public async Task A_stream_of_requests_is_summed_up()
    {
        var reply = await server.Requests.CallAsync("Test/Add", [.. GrpcBody.Of("1"), .. GrpcBody.Of("2"), .. GrpcBody.Of("3")], "application/grpc+json");
        Assert.Equal(("6", "application/grpc+json"), (reply.Text, reply.Header("content-type")));
    }

    [Fact]
    public async Task Octets_are_the_messages_one_after_another()
    {
        var up = await server.Requests.CallAsync("Test/Upload", [.. GrpcBody.Of("oct"), .. GrpcBody.Of("ets")], "application/grpc+json");
        Assert.Equal("\"octets\"", up.Text);
        var down = await server.Requests.CallAsync("Test/Download", "oct");
        Assert.Equal("octoct", string.Concat(down.Messages.Select(message => Encoding.UTF8.GetString(message.Bytes))));
    }

    [Fact]
    public async Task A_one_way_call_is_answered_with_an_empty_message() =>
        Assert.Equal((StatusCode.Ok, ""), await server.Requests.CallAsync("Test/Tell", "news") is var reply ? (reply.Code, reply.Text) : default);
}
