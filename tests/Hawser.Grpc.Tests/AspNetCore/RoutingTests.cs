using Hawser.Grpc.Tests.Server.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Grpc.Tests.AspNetCore;

/// <summary>Hawser's endpoints beside whatever else an application serves.</summary>
public sealed class RoutingTests
{
    [Fact]
    public async Task Endpoints_are_served()
    {
        await using var application = await TestApplication.StartAsync(hawser => hawser.Map("Test/Upper", (string text) => text.ToUpperInvariant()));
        Assert.Equal("hello", (await application.Requests.CallAsync("Test/Echo", "hello")).Text);
        Assert.Equal("\"HELLO\"", (await application.Requests.CallAsync("Test/Upper", GrpcBody.Of("\"hello\""), "application/grpc+json")).Text);
    }

    [Fact]
    public async Task Endpoints_that_are_added_or_removed_later_are_served_or_not()
    {
        await using var application = await TestApplication.StartAsync();
        Assert.Equal(StatusCode.Unimplemented, (await application.Requests.CallAsync("Test/Later", "x")).Code);
        application.Endpoints.Map("Test/Later", (byte[] message) => message);
        Assert.Equal("x", (await application.Requests.CallAsync("Test/Later", "x")).Text);
        application.Endpoints.Remove("Test/Later");
        Assert.Equal(StatusCode.Unimplemented, (await application.Requests.CallAsync("Test/Later", "x")).Code);
    }

    [Fact]
    public async Task Other_requests_are_left_to_the_application()
    {
        await using var application = await TestApplication.StartAsync(map: app =>
        {
            app.MapHawserGrpc();
            app.MapPost("/{service}/{method}", (string service, string method) => $"{service} and {method}");
            app.MapGet("/hello", () => "hello");
        });
        using var get = application.Requests.Create("hello", []);
        get.Method = HttpMethod.Get;
        get.Content = null;
        Assert.Equal("hello"u8.ToArray(), (await application.Requests.SendAsync(get)).Body);
        Assert.Equal("Some and Thing"u8.ToArray(), (await application.Requests.CallAsync("Some/Thing", [], "text/plain")).Body);
    }

    [Theory]
    [InlineData("Test/Nothing")]
    [InlineData("package.Nothing/Echo")]
    public async Task A_gRPC_call_of_what_is_not_served_is_unimplemented(string method)
    {
        await using var application = await TestApplication.StartAsync();
        var reply = await application.Requests.CallAsync(method, "x");
        Assert.Equal((200, StatusCode.Unimplemented), (reply.HttpStatus, reply.Code));
        Assert.Equal($"No endpoint '{method}' is served here; 'hawser list' shows what is.", reply.Message);
    }

    [Fact]
    public async Task Anything_else_of_what_is_not_served_is_not_found()
    {
        await using var application = await TestApplication.StartAsync();
        Assert.Equal(404, (await application.Requests.CallAsync("Test/Nothing", [], "text/plain")).HttpStatus);
    }

    [Fact]
    public async Task A_route_group_s_prefix_is_no_part_of_the_method()
    {
        await using var application = await TestApplication.StartAsync(map: app => app.MapGroup("/rpc").MapHawserGrpc());
        Assert.Equal("x", (await application.Requests.CallAsync("rpc/Test/Echo", "x")).Text);
        Assert.Equal(404, (await application.Requests.CallAsync("Test/Echo", "x")).HttpStatus);
    }

    [Fact]
    public async Task Conventions_reach_the_endpoints_that_they_are_for()
    {
        var seen = new List<string>();
        await using var application = await TestApplication.StartAsync(map: app =>
        {
            app.Use(async (context, next) =>
            {
                seen.Add(string.Join(',', context.GetEndpoint()!.Metadata.GetOrderedMetadata<TagsAttribute>().SelectMany(tags => tags.Tags)));
                await next(context);
            });
            var grpc = app.MapHawserGrpc();
            grpc.WithMetadata(new TagsAttribute("all"));
            grpc.ForService("Test").WithMetadata(new TagsAttribute("service"));
            grpc.ForMethod("Test/Later").WithMetadata(new TagsAttribute("method"));
        });
        application.Endpoints.Map("Test/Later", (byte[] message) => message);
        foreach (var method in (string[])["Test/Echo", "Test/Later", "grpc.health.v1.Health/Check"])
            await application.Requests.CallAsync(method, "");
        Assert.Equal(["all,service", "all,service,method", "all"], seen);
    }

    [Fact]
    public async Task Health_and_reflection_are_served()
    {
        await using var application = await TestApplication.StartAsync();
        Assert.Equal([8, 1], Assert.Single((await application.Requests.CallAsync("grpc.health.v1.Health/Check", "")).Messages).Bytes);

        // list_services is field 7, and the answer names the services.
        var reply = await application.Requests.CallAsync("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", GrpcBody.Of([0x3A, 0]));
        Assert.Contains("grpc.health.v1.Health", System.Text.Encoding.UTF8.GetString(reply.Messages[0].Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_AddHawser_mapping_says_what_is_missing()
    {
        using var application = WebApplication.CreateSlimBuilder().Build();
        var failure = Assert.Throws<InvalidOperationException>(() => application.MapHawserGrpc());
        Assert.Equal("MapHawserGrpc() needs Hawser among the services: call builder.Services.AddHawser() first.", failure.Message);
    }

    [Fact]
    public async Task A_handler_that_cannot_be_served_is_told_when_endpoints_are_mapped()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => TestApplication.StartAsync(hawser => hawser.Map("Test/Echo", (byte[] message) => message)));
        Assert.Equal("'Test/Echo' is mapped already; remove it first, or choose another name.", failure.Message);
    }
}
