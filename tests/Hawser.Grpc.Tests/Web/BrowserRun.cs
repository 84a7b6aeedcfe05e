using System.Text.Json.Nodes;
using Hawser.Grpc.Tests.Server.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Tests.Web;

/// <summary>What a page in a real browser found when it called a server: once from an origin that is allowed, once from another. Null without a browser.</summary>
public sealed class BrowserRun : IAsyncLifetime
{
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JsonNode? Allowed { get; private set; }

    public JsonNode? Refused { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Find() is not { } browser)
            return;
        await using var allowed = await PageServer.StartAsync();
        await using var refused = await PageServer.StartAsync();
        var options = new HawserServerOptions { Wires = [new GrpcWire { Server = new GrpcServerOptions { Cors = new GrpcCors { AllowedOrigins = [allowed.Origin] } } }] };
        await using var server = await GrpcTestServer.StartAsync(Map, options, "http://127.0.0.1:0");
        Allowed = await allowed.RunAsync(browser, server.Address);
        Refused = await refused.RunAsync(browser, server.Address);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Map(HawserServer server)
    {
        server.Map("Test/Metadata", (byte[] _, CallContext call) => (call.RequestMetadata["x-mine"] ?? "nothing").ToBytes());
        server.Map("Test/Release", (byte[] _) => { release.TrySetResult(); });
        server.Map("Test/Repeat", (byte[] message, CallContext call) => RepeatAsync(message, call));
    }

    private async IAsyncEnumerable<byte[]> RepeatAsync(byte[] message, CallContext call)
    {
        yield return message;
        await release.Task;
        yield return message;
        call.Trailers.Add("x-trailer", "t");
        throw new RpcException(StatusCode.FailedPrecondition, "no more: ü");
    }

    /// <summary>Serves the page, and takes what it found.</summary>
    private sealed class PageServer : IAsyncDisposable
    {
        private readonly TaskCompletionSource<string> results = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly WebApplication application;

        private PageServer()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            application = builder.Build();
            application.MapGet("/", () => Results.File(Path.Combine(AppContext.BaseDirectory, "Web", "page.html"), "text/html"));
            application.MapPost("/results", async (HttpRequest request) => results.TrySetResult(await new StreamReader(request.Body).ReadToEndAsync()));
        }

        public string Origin => application.Urls.First();

        public static async Task<PageServer> StartAsync()
        {
            var server = new PageServer();
            await server.application.StartAsync(TestContext.Current.CancellationToken);
            return server;
        }

        public async Task<JsonNode> RunAsync(string browser, Uri server)
        {
            using var chromium = Chromium.Open(browser, $"{Origin}/?server={Uri.EscapeDataString(server.GetLeftPart(UriPartial.Authority))}");
            return JsonNode.Parse(await Patience.ForAsync(results.Task, "the page in the browser"))!;
        }

        public ValueTask DisposeAsync() => application.DisposeAsync();
    }
}
