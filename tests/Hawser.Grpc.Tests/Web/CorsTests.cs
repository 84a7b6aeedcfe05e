using System.Net;
using Hawser.Grpc.Tests.Server.Support;

namespace Hawser.Grpc.Tests.Web;

/// <summary>What browsers are told of who may call.</summary>
public sealed class CorsTests
{
    private const string Page = "https://page.example";

    [Fact]
    public async Task Nobody_may_call_by_default()
    {
        var reply = await AskAsync(cors: null);
        Assert.Equal(403, reply.HttpStatus);
        Assert.Null(reply.Header("access-control-allow-origin"));
        Assert.Equal($"Pages of '{Page}' may not call this server; GrpcServerOptions.Cors says which may.", reply.Message);
    }

    [Fact]
    public async Task An_origin_that_is_allowed_is_told_so()
    {
        var reply = await AskAsync(new GrpcCors { AllowedOrigins = ["https://other.example", Page], MaxAge = TimeSpan.FromMinutes(1) });
        Assert.Equal(204, reply.HttpStatus);
        Assert.Equal(Page, reply.Header("access-control-allow-origin"));
        Assert.Equal("Origin", reply.Header("vary"));
        Assert.Equal("POST", reply.Header("access-control-allow-methods"));
        Assert.Equal("content-type,x-mine", reply.Header("access-control-allow-headers"));
        Assert.Equal("60", reply.Header("access-control-max-age"));
    }

    [Theory]
    [InlineData("http://page.example")]
    [InlineData("https://page.example:8443")]
    [InlineData("https://page.example.evil.example")]
    [InlineData("null")]
    public async Task An_origin_that_only_looks_alike_is_refused(string allowed)
    {
        var reply = await AskAsync(new GrpcCors { AllowedOrigins = [allowed] });
        Assert.Equal(403, reply.HttpStatus);
        Assert.Null(reply.Header("access-control-allow-origin"));
    }

    [Fact]
    public async Task All_origins_may_be_allowed()
    {
        var reply = await AskAsync(new GrpcCors { AllowedOrigins = ["*"] });
        Assert.Equal((204, "*"), (reply.HttpStatus, reply.Header("access-control-allow-origin")));
    }

    [Fact]
    public async Task Headers_may_be_limited()
    {
        var reply = await AskAsync(new GrpcCors { AllowedOrigins = [Page], AllowedHeaders = ["authorization"] });
        Assert.Equal("authorization,content-type,x-grpc-web,x-user-agent,grpc-timeout,grpc-accept-encoding", reply.Header("access-control-allow-headers"));
    }

    [Fact]
    public async Task A_page_that_may_call_may_read_the_answer()
    {
        await using var server = await StartAsync(new GrpcCors { AllowedOrigins = [Page], ExposedHeaders = ["x-mine"] });
        using var browser = new GrpcRequests(server.Address, version: HttpVersion.Version11);
        var reply = await browser.CallAsync("Test/Echo", GrpcBody.Of("x"), "application/grpc-web", ("origin", Page));
        Assert.Equal(Page, reply.Header("access-control-allow-origin"));
        Assert.Equal("x-mine,grpc-status,grpc-message,grpc-status-details-bin,grpc-encoding", reply.Header("access-control-expose-headers"));
        var refused = await browser.CallAsync("Test/Nothing", GrpcBody.Of("x"), "application/grpc-web", ("origin", Page));
        Assert.Equal(Page, refused.Header("access-control-allow-origin"));
        var other = await browser.CallAsync("Test/Echo", GrpcBody.Of("x"), "application/grpc-web", ("origin", "https://other.example"));
        Assert.Null(other.Header("access-control-allow-origin"));
    }

    private static Task<GrpcTestServer> StartAsync(GrpcCors? cors) => GrpcTestServer.StartAsync(
        options: new HawserServerOptions { Wires = [new GrpcWire { Server = new GrpcServerOptions { Cors = cors } }] }, address: "http://127.0.0.1:0");

    private static async Task<GrpcReply> AskAsync(GrpcCors? cors)
    {
        await using var server = await StartAsync(cors);
        using var browser = new GrpcRequests(server.Address, version: HttpVersion.Version11);
        using var request = browser.Create(
            "Test/Echo", [], "text/plain", ("origin", Page), ("access-control-request-method", "POST"), ("access-control-request-headers", "content-type,x-mine"));
        request.Method = HttpMethod.Options;
        request.Content = null;
        return await browser.SendAsync(request);
    }
}
