using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace Hawser.Grpc.Tests.AspNetCore;

/// <summary>ASP.NET Core's authorization applies per endpoint, and its refusals are told in gRPC's terms.</summary>
public sealed class AuthorizationTests
{
    private static readonly (string, string) User = ("authorization", "ann user");
    private static readonly (string, string) Admin = ("authorization", "bob admin");

    [Fact]
    public async Task A_handler_s_attribute_applies()
    {
        await using var application = await TestApplication.StartAsync(hawser => hawser.Map("Test/Guarded", [Authorize(Roles = "admin")] (byte[] message) => message));
        var stranger = await application.Requests.CallAsync("Test/Guarded", "x");
        Assert.Equal((200, StatusCode.Unauthenticated, true), (stranger.HttpStatus, stranger.Code, stranger.IsTrailersOnly));
        Assert.Equal("'Test/Guarded' wants to know who calls, and the call did not say so in a way that is accepted here.", stranger.Message);
        var user = await application.Requests.CallAsync("Test/Guarded", "x", User);
        Assert.Equal((StatusCode.PermissionDenied, "The caller may not call 'Test/Guarded'."), (user.Code, user.Message));
        Assert.Equal("x", (await application.Requests.CallAsync("Test/Guarded", "x", Admin)).Text);
        Assert.Equal("x", (await application.Requests.CallAsync("Test/Echo", "x")).Text);
    }

    [Fact]
    public async Task A_class_s_attribute_applies_to_its_methods_unless_they_say_otherwise()
    {
        await using var application = await TestApplication.StartAsync(hawser => hawser.MapService<IVault, Vault>());
        Assert.Equal(StatusCode.Unauthenticated, (await application.Requests.CallAsync("Vault/Open", "x")).Code);
        Assert.Equal("x", (await application.Requests.CallAsync("Vault/Open", "x", User)).Text);
        Assert.Equal(StatusCode.PermissionDenied, (await application.Requests.CallAsync("Vault/Break", "x", User)).Code);
        Assert.Equal("x", (await application.Requests.CallAsync("Vault/Look", "x")).Text);
    }

    [Fact]
    public async Task RequireAuthorization_applies_to_all_or_some()
    {
        await using var application = await TestApplication.StartAsync(hawser => hawser.Map("Test/Other", (byte[] message) => message), app =>
        {
            var grpc = app.MapHawserGrpc();
            grpc.RequireAuthorization();
            grpc.ForMethod("Test/Other").RequireAuthorization("admins");
            grpc.ForService("grpc.health.v1.Health").AllowAnonymous();
        });
        Assert.Equal(StatusCode.Unauthenticated, (await application.Requests.CallAsync("Test/Echo", "x")).Code);
        Assert.Equal("x", (await application.Requests.CallAsync("Test/Echo", "x", User)).Text);
        Assert.Equal(StatusCode.PermissionDenied, (await application.Requests.CallAsync("Test/Other", "x", User)).Code);
        Assert.Equal("x", (await application.Requests.CallAsync("Test/Other", "x", Admin)).Text);
        Assert.Equal(StatusCode.Ok, (await application.Requests.CallAsync("grpc.health.v1.Health/Check", "")).Code);
        Assert.Equal(StatusCode.Unimplemented, (await application.Requests.CallAsync("Test/Nothing", "x")).Code);
    }

    [Fact]
    public async Task Other_callers_are_refused_as_ever()
    {
        await using var application = await TestApplication.StartAsync(map: app =>
        {
            app.MapHawserGrpc().RequireAuthorization();
            app.MapPost("/guarded", () => "in").RequireAuthorization("admins");
        });
        Assert.Equal(401, (await application.Requests.CallAsync("guarded", [], "text/plain")).HttpStatus);
        Assert.Equal(403, (await application.Requests.CallAsync("guarded", [], "text/plain", User)).HttpStatus);
        Assert.Equal(401, (await application.Requests.CallAsync("Test/Echo", [], "text/plain")).HttpStatus);
    }

    private interface IVault
    {
        byte[] Open(byte[] key);

        byte[] Break(byte[] key);

        byte[] Look(byte[] key);
    }

    [Authorize]
    private sealed class Vault : IVault
    {
        public byte[] Open(byte[] key) => key;

        [Authorize("admins")]
        public byte[] Break(byte[] key) => key;

        [AllowAnonymous]
        public byte[] Look(byte[] key) => key;
    }
}
