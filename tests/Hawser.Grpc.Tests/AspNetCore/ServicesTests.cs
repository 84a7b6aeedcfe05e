using Hawser.Grpc.Tests.Server.Support;
using Hawser.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Grpc.Tests.AspNetCore;

/// <summary>What handlers and the server take from the application's services and from the request.</summary>
public sealed class ServicesTests
{
    [Fact]
    public async Task A_service_lives_as_long_as_its_call()
    {
        var log = new List<string>();
        await using var application = await TestApplication.StartAsync(hawser =>
        {
            hawser.Services.AddSingleton(log);
            hawser.Services.AddScoped<Dependency>();
            hawser.MapService<INumbers, Numbers>();
        });
        for (var call = 0; call < 2; call++)
        {
            var reply = await application.Requests.CallAsync("Numbers/Count", GrpcBody.Of("3"), "application/grpc+json");
            Assert.Equal(["1", "2", "3"], reply.Messages.Select(message => ((ReadOnlyMemory<byte>)message.Bytes).ToText()));
        }

        await Patience.UntilAsync(() => log.Count == 6, "both scopes are over");
        Assert.Equal(["made", "counted", "disposed", "made", "counted", "disposed"], log);
    }

    [Fact]
    public async Task Endpoints_of_plain_types_are_listed_for_the_command()
    {
        await using var application = await TestApplication.StartAsync(hawser => hawser.Map("Math/Add", (int[] numbers) => numbers.Sum()));
        var reply = await application.Requests.CallAsync("hawser.Reflection/List", GrpcBody.Of(""), "application/grpc+json");
        Assert.Contains("Math/Add", ((ReadOnlyMemory<byte>)reply.Messages.Single().Bytes).ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_sees_the_request_and_its_user()
    {
        await using var application = await TestApplication.StartAsync(hawser => hawser.Map(
            "Test/Who", (byte[] _, CallContext call) => $"{call.GetHttpContext().User.Identity?.Name} at {call.GetHttpContext().Request.Path}".ToBytes()));
        Assert.Equal("ann at /Test/Who", (await application.Requests.CallAsync("Test/Who", "", ("authorization", "ann user"))).Text);
    }

    [Fact]
    public async Task Without_ASP_NET_Core_there_is_no_request()
    {
        await using var server = await GrpcTestServer.StartAsync(map => map.Map("Test/Who", (byte[] _, CallContext call) =>
        {
            var failure = Assert.Throws<InvalidOperationException>(() => call.GetHttpContext());
            return failure.Message.ToBytes();
        }));
        Assert.Equal("The call of 'Test/Who' did not come through ASP.NET Core, so there is no HttpContext.", (await server.Requests.CallAsync("Test/Who", "")).Text);
    }

    [Fact]
    public async Task Interceptors_come_from_the_options_then_from_the_services()
    {
        var seen = new List<string>();
        await using var application = await TestApplication.StartAsync(
            hawser => hawser.Services.AddSingleton<IServerInterceptor>(new Recorder("services", seen)), configure: options => options.Interceptors.Add(new Recorder("options", seen)));
        Assert.Equal("x", (await application.Requests.CallAsync("Test/Echo", "x")).Text);
        Assert.Equal(["options", "services"], seen);
    }

    [Fact]
    public async Task The_clock_comes_from_the_services()
    {
        var clock = new ManualTimeProvider();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var application = await TestApplication.StartAsync(hawser =>
        {
            hawser.Services.AddSingleton<TimeProvider>(clock);
            hawser.Map("Test/Wait", async (byte[] _, CancellationToken cancellationToken) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
            });
        });
        var reply = application.Requests.CallAsync("Test/Wait", "", ("grpc-timeout", "5S"));
        await Patience.ForAsync(started.Task, "the handler to start");
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Patience.ForAsync(reply, "the status")).Code);
    }

    [Fact]
    public async Task Metadata_and_trailers_pass()
    {
        await using var application = await TestApplication.StartAsync(hawser => hawser.Map("Test/Meta", (byte[] _, CallContext call) =>
        {
            call.Trailers.Add("x-back", call.RequestMetadata["x-there"] ?? "nothing");
            return Array.Empty<byte>();
        }));
        Assert.Equal("value", (await application.Requests.CallAsync("Test/Meta", "", ("x-there", "value"))).Trailer("x-back"));
    }

    [Fact]
    public async Task A_page_calls_by_gRPC_Web_with_the_application_s_CORS()
    {
        await using var application = await TestApplication.StartAsync(
            hawser => hawser.Services.AddCors(cors => cors.AddPolicy("pages", policy => policy.WithOrigins("https://page.example").AllowAnyHeader().AllowAnyMethod())),
            app =>
            {
                app.UseCors();
                app.MapHawserGrpc().RequireCors("pages");
            });
        using var question = application.Requests.Create(
            "Test/Echo", [], "text/plain", ("origin", "https://page.example"), ("access-control-request-method", "POST"), ("access-control-request-headers", "content-type"));
        question.Method = HttpMethod.Options;
        question.Content = null;
        Assert.Equal("https://page.example", (await application.Requests.SendAsync(question)).Header("access-control-allow-origin"));
        var reply = await application.Requests.CallAsync("Test/Echo", GrpcBody.Of("x"), "application/grpc-web", ("origin", "https://page.example"));
        Assert.Equal("https://page.example", reply.Header("access-control-allow-origin"));
        Assert.Equal([0, 0x80], reply.Messages.Select(frame => frame.Flag));
    }

    private interface INumbers
    {
        IAsyncEnumerable<int> Count(int to);
    }

    private sealed class Numbers(Dependency dependency) : INumbers
    {
        public async IAsyncEnumerable<int> Count(int to)
        {
            for (var number = 1; number <= to; number++)
            {
                await Task.Yield();
                yield return number;
            }

            dependency.Log("counted");
        }
    }

    private sealed class Dependency : IDisposable
    {
        private readonly List<string> log;

        public Dependency(List<string> log)
        {
            this.log = log;
            log.Add("made");
        }

        public void Log(string text) => log.Add(text);

        public void Dispose() => log.Add("disposed");
    }

    private sealed class Recorder(string name, List<string> seen) : IServerInterceptor
    {
        public ValueTask InvokeAsync(ServerCall call, ServerCallHandler next)
        {
            seen.Add(name);
            return next(call);
        }
    }
}
