using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Server;

/// <summary>Requests that are no calls, or none that can be served, end with a status and a sentence.</summary>
public sealed class RequestTests : IAsyncLifetime
{
    private GrpcTestServer server = null!;

    public async ValueTask InitializeAsync() => server = await GrpcTestServer.StartAsync(map =>
    {
        map.Map("Test/Upper", (string text) => text.ToUpperInvariant());
        map.Map("Test/Join", async (IAsyncEnumerable<string> texts) => string.Concat(await texts.ToListAsync()));
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_GET_is_no_call()
    {
        using var request = server.Requests.Create("Test/Echo", []);
        request.Method = HttpMethod.Get;
        request.Content = null;
        request.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        var reply = await server.Requests.SendAsync(request);
        Assert.Equal(405, reply.HttpStatus);
        Assert.Equal("A gRPC call is a POST; this was a GET.", reply.Message);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("application/grpcx")]
    [InlineData("application/grpc+")]
    public async Task Another_content_type_is_no_call(string contentType)
    {
        var reply = await server.Requests.CallAsync("Test/Echo", GrpcBody.Of("x"), contentType);
        Assert.Equal(415, reply.HttpStatus);
        Assert.Equal($"A gRPC call has the content type 'application/grpc'; this one has '{contentType}'.", reply.Message);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc+json")]
    [InlineData("application/grpc+whatever")]
    [InlineData("application/grpc; charset=utf-8")]
    [InlineData("Application/GRPC+Proto")]
    public async Task Raw_messages_are_taken_in_any_codec(string contentType)
    {
        var reply = await server.Requests.CallAsync("Test/Echo", GrpcBody.Of("x"), contentType);
        Assert.Equal((StatusCode.Ok, "x"), (reply.Code, reply.Text));
    }

    [Theory]
    [InlineData("Test/Nothing")]
    [InlineData("Nothing/Echo")]
    [InlineData("Test")]
    [InlineData("")]
    [InlineData("test/echo")]
    [InlineData("Test/Echo/")]
    public async Task An_unknown_method_is_unimplemented(string method)
    {
        var reply = await server.Requests.CallAsync(method, "x");
        Assert.Equal((200, StatusCode.Unimplemented), (reply.HttpStatus, reply.Code));
        Assert.Equal($"No endpoint '{method}' is served here; 'hawser list' shows what is.", reply.Message);
    }

    [Fact]
    public async Task A_JSON_endpoint_says_what_content_type_it_wants()
    {
        var reply = await server.Requests.CallAsync("Test/Upper", "x");
        Assert.Equal(StatusCode.InvalidArgument, reply.Code);
        Assert.Equal("The messages of 'Test/Upper' are 'json', and the call came with the content type 'application/grpc': call it with 'application/grpc+json'.", reply.Message);
        Assert.Equal("\"X\"", (await server.Requests.CallAsync("Test/Upper", GrpcBody.Of("\"x\""), "application/grpc+json")).Text);
    }

    [Fact]
    public async Task Messages_that_are_not_what_they_say_are_an_invalid_argument()
    {
        var reply = await server.Requests.CallAsync("Test/Upper", GrpcBody.Of("{"), "application/grpc+json");
        Assert.Equal(StatusCode.InvalidArgument, reply.Code);
        Assert.StartsWith("A request of 'Test/Upper' cannot be decoded:", reply.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("1s")]
    [InlineData("123456789m")]
    [InlineData("soon")]
    public async Task A_wrong_timeout_is_refused(string timeout)
    {
        var reply = await server.Requests.CallAsync("Test/Echo", "x", ("grpc-timeout", timeout));
        Assert.Equal((StatusCode.Internal, $"'grpc-timeout' is '{timeout}', which is no timeout."), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task A_unary_call_without_a_message_is_refused()
    {
        var reply = await server.Requests.CallAsync("Test/Echo", []);
        Assert.Equal((StatusCode.InvalidArgument, "'Test/Echo' takes one message, and none came."), (reply.Code, reply.Message));
    }

    [Fact]
    public async Task A_unary_call_with_two_messages_is_refused()
    {
        var reply = await server.Requests.CallAsync("Test/Echo", [.. GrpcBody.Of("a"), .. GrpcBody.Of("b")]);
        Assert.Equal(StatusCode.InvalidArgument, reply.Code);
        Assert.StartsWith("'Test/Echo' takes one message, and a second one came", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_of_no_messages_is_one()
    {
        var reply = await server.Requests.CallAsync("Test/Join", [], "application/grpc+json");
        Assert.Equal((StatusCode.Ok, "\"\""), (reply.Code, reply.Text));
    }
}
