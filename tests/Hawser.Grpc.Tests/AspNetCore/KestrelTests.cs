using System.Diagnostics;
using Hawser.Grpc.Tests.Server.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Tests.AspNetCore;

/// <summary>What only a real server in an application can show.</summary>
public sealed class KestrelTests : IAsyncLifetime
{
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication application = null!;
    private GrpcRequests requests = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddHawser()
            .Map("Test/Echo", (byte[] message) => message)
            .Map("Test/Count", async (Stream octets) =>
            {
                var buffer = new byte[64 * 1024];
                var sum = 0L;
                for (var read = await octets.ReadAsync(buffer); read > 0; read = await octets.ReadAsync(buffer))
                    sum += read;
                return sum;
            })
            .Map("Test/Where", (byte[] _, CallContext call) => $"{call.Connection.RemoteAddress} {call.Connection.GetStatistics().CallsServed}".ToBytes())
            .Map("Test/Span", (byte[] _) => (Activity.Current?.OperationName ?? "none").ToBytes())
            .Map("Test/Hold", async (byte[] message) =>
            {
                started.SetResult();
                await release.Task;
                return message;
            });
        application = builder.Build();
        application.MapHawserGrpc();
        await application.StartAsync(TestContext.Current.CancellationToken);
        requests = new GrpcRequests(new Uri(application.Urls.First()));
    }

    public async ValueTask DisposeAsync()
    {
        release.TrySetResult();
        requests.Dispose();
        await application.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_may_be_larger_than_other_requests()
    {
        var body = new byte[40 * (1_000_000 + 5)];
        for (var i = 0; i < 40; i++)
            GrpcBody.Header(1_000_000).CopyTo(body, i * 1_000_005);
        Assert.Equal("40000000", (await requests.CallAsync("Test/Count", body, "application/grpc+json")).Text);
    }

    [Fact]
    public async Task Calls_of_one_connection_know_it()
    {
        var first = (await requests.CallAsync("Test/Where", "")).Text.Split(' ');
        var second = (await requests.CallAsync("Test/Where", "")).Text.Split(' ');
        Assert.StartsWith("grpc://127.0.0.1:", first[0], StringComparison.Ordinal);
        Assert.Equal((first[0], "1", "2"), (second[0], first[1], second[1]));
    }

    [Fact]
    public async Task An_application_that_stops_lets_calls_finish()
    {
        var held = requests.CallAsync("Test/Hold", "held");
        await Patience.ForAsync(started.Task, "the call to start");
        var stopping = application.StopAsync(TestContext.Current.CancellationToken);
        release.SetResult();
        Assert.Equal("held", (await Patience.ForAsync(held, "the reply")).Text);
        await Patience.ForAsync(stopping, "the application to stop");
    }
}
