using Hawser.Grpc.Tests.Server.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Tests.AspNetCore;

/// <summary>An ASP.NET Core application in memory, and hand-made requests to it.</summary>
internal sealed class TestApplication : IAsyncDisposable
{
    private readonly WebApplication application;

    private TestApplication(WebApplication application)
    {
        this.application = application;
        Requests = new GrpcRequests(application.GetTestServer().CreateHandler(), new Uri("http://localhost"));
    }

    public GrpcRequests Requests { get; }

    public IServiceProvider Services => application.Services;

    public EndpointRegistry Endpoints => Services.GetRequiredService<EndpointRegistry>();

    /// <param name="build">Adds services and handlers; <c>Test/Echo</c> is there already.</param>
    /// <param name="map">Maps endpoints; <c>MapHawserGrpc()</c> when null.</param>
    /// <param name="configure">Sets options.</param>
    public static async Task<TestApplication> StartAsync(
        Action<HawserBuilder>? build = null, Action<WebApplication>? map = null, Action<HawserOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        var hawser = builder.Services.AddHawser(configure).Map("Test/Echo", (byte[] message) => message);
        builder.Services.AddAuthentication(TestAuthentication.Scheme).AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, TestAuthentication>(TestAuthentication.Scheme, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("admins", policy => policy.RequireRole("admin"));
        build?.Invoke(hawser);
        var built = builder.Build();
        if (map is null)
            built.MapHawserGrpc();
        else
            map(built);
        await built.StartAsync(TestContext.Current.CancellationToken);
        return new TestApplication(built);
    }

    public async ValueTask DisposeAsync()
    {
        Requests.Dispose();
        await application.DisposeAsync();
    }
}
