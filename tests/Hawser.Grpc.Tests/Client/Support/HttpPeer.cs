using System.Buffers.Binary;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Hawser.Grpc.Tests.Client;

/// <summary>A server that answers HTTP/2 requests exactly as a test says, right or wrong.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    private readonly WebApplication application;

    private HttpPeer(WebApplication app)
    {
        application = app;
        Address = $"grpc://127.0.0.1:{new Uri(app.Urls.First(url => url.StartsWith("http:", StringComparison.Ordinal))).Port}";
    }

    public string Address { get; }

    /// <summary>Where a second listener with TLS listens, if the test has made one.</summary>
    public string SecureAddress => $"grpcs://127.0.0.1:{new Uri(application.Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal))).Port}";

    public static async Task<HttpPeer> StartAsync(RequestDelegate answer, Action<KestrelServerOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            options.Limits.MaxRequestBodySize = null;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new HttpPeer(app);
    }

    public HawserChannel Connect(GrpcClientOptions? grpc = null, ConnectionLimits? limits = null, TimeProvider? time = null) => HawserChannel.Connect(
        Address,
        new HawserChannelOptions { Wires = [new GrpcWire { Client = grpc ?? new GrpcClientOptions() }], Limits = limits ?? new ConnectionLimits(), TimeProvider = time ?? TimeProvider.System });

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
    }

    /// <summary>A message with its header.</summary>
    public static byte[] Framed(ReadOnlySpan<byte> message, byte flag = 0)
    {
        var framed = new byte[5 + message.Length];
        framed[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed.AsSpan(5));
        return framed;
    }

    /// <summary>Answers with messages and a status, as a server should.</summary>
    public static async Task AnswerAsync(HttpContext context, int status, params byte[][] messages)
    {
        context.Response.ContentType = "application/grpc";
        foreach (var message in messages)
            await context.Response.Body.WriteAsync(Framed(message));
        context.Response.AppendTrailer("grpc-status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Answers with a status and nothing else.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = message;
        return Task.CompletedTask;
    }

    /// <summary>Reads the request to its end.</summary>
    public static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    /// <summary>Ends the stream with an HTTP/2 error.</summary>
    public static void Reset(HttpContext context, int code) => context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
}
