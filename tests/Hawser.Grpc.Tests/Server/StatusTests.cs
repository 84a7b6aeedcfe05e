using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>How calls end.</summary>
public sealed class StatusTests : IAsyncLifetime
{
    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(map =>
    {
        map.Map("Test/Fail", void (ReadOnlyMemory<byte> text) => throw new RpcException(StatusCode.NotFound, text.ToText()));
        map.Map("Test/Details", void (byte[] details) => throw new RpcException(new Status(StatusCode.FailedPrecondition, "see details", details)));
        map.Map("Test/Break", void (byte[] _) => throw new InvalidOperationException("the password is 'secret'"));
        map.Map("Test/Nothing", (byte[] _) => { });
        map.Map("Test/FailLate", FailLate);
        map.Endpoints.Add(new SilentEndpoint());
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100 %", "100 %25")]
    [InlineData("\t\r\n", "%09%0D%0A")]
    [InlineData("ünïcödé 🦀", "%C3%BCn%C3%AFc%C3%B6d%C3%A9 %F0%9F%A6%80")]
    public async Task A_message_is_percent_encoded(string text, string encoded)
    {
        var reply = await server.Requests.CallAsync("Test/Fail", text);
        Assert.Equal((StatusCode.NotFound, encoded), (reply.Code, reply.RawMessage));
        Assert.Equal("application/grpc", reply.Header("content-type"));
    }

    [Fact]
    public async Task Details_travel_as_bytes()
    {
        var reply = await server.Requests.CallAsync("Test/Details", "\u0001\u0002");
        Assert.Equal((StatusCode.FailedPrecondition, "AQI"), (reply.Code, reply.Header("grpc-status-details-bin")));
    }

    [Fact]
    public async Task An_unexpected_exception_tells_nothing_of_itself()
    {
        var reply = await server.Requests.CallAsync("Test/Break", "");
        Assert.Equal((StatusCode.Unknown, "The handler of 'Test/Break' failed."), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task A_handler_with_nothing_to_say_answers_with_an_empty_message()
    {
        var reply = await server.Requests.CallAsync("Test/Nothing", "");
        Assert.Equal((StatusCode.Ok, ""), (reply.Code, reply.Text));
        Assert.False(reply.IsTrailersOnly);
    }

    [Fact]
    public async Task A_failure_after_messages_stands_in_the_trailers()
    {
        var reply = await server.Requests.CallAsync("Test/FailLate", "");
        Assert.Equal(2, reply.Messages.Count);
        Assert.Equal((StatusCode.DataLoss, "too late"), (reply.Code, reply.Message));
        Assert.False(reply.IsTrailersOnly);
    }

    [Fact]
    public async Task An_endpoint_that_says_nothing_is_an_internal_failure()
    {
        var reply = await server.Requests.CallAsync("Test/Silent", "");
        Assert.Equal((StatusCode.Internal, "The endpoint of 'Test/Silent' returned without finishing the call."), (reply.Code, reply.Message));
    }

    private static async IAsyncEnumerable<byte[]> FailLate()
    {
        yield return [1];
        await Task.Yield();
        yield return [2];
        throw new RpcException(StatusCode.DataLoss, "too late");
    }

    private sealed class SilentEndpoint() : Endpoint(new Method("Test/Silent"))
    {
        public override ValueTask InvokeAsync(ServerCall call) => ValueTask.CompletedTask;
    }
}
