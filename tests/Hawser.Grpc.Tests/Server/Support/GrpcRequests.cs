using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>A client that knows HTTP and nothing of gRPC: every request is made by hand.</summary>
internal sealed class GrpcRequests : IDisposable
{
    private readonly HttpMessageInvoker invoker;
    private readonly Uri address;
    private readonly Version version;

    public GrpcRequests(Uri address, X509Certificate2? trusted = null, X509Certificate2? clientCertificate = null, Version? version = null)
    {
        this.version = version ?? HttpVersion.Version20;
        var isSecure = address.Scheme is "grpcs" or "https";
        this.address = new Uri($"{(isSecure ? "https" : "http")}://{address.Authority}");
        var handler = new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.None;
        if (trusted is not null)
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetCertHashString() == trusted.GetCertHashString();
        if (clientCertificate is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => clientCertificate;
        invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>Requests that do not go over a network.</summary>
    public GrpcRequests(HttpMessageHandler handler, Uri address)
    {
        version = HttpVersion.Version20;
        this.address = address;
        invoker = new HttpMessageInvoker(handler);
    }

    /// <summary>A request, to be changed and sent.</summary>
    public HttpRequestMessage Create(string method, HttpContent body, string contentType = "application/grpc")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, method))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        body.Headers.TryAddWithoutValidation("content-type", contentType);
        return request;
    }

    public HttpRequestMessage Create(string method, byte[] body, string contentType = "application/grpc", params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = Create(method, new ByteArrayContent(body), contentType);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value), $"'{name}' is not a header that can be sent.");
        return request;
    }

    /// <summary>Sends a request, and gives back its response as soon as its headers are there.</summary>
    public Task<HttpResponseMessage> StartAsync(HttpRequestMessage request, CancellationToken cancellationToken = default) =>
        Patience.ForAsync(invoker.SendAsync(request, cancellationToken), $"the response headers of {request.RequestUri}");

    /// <summary>Sends a request and reads its whole response.</summary>
    public async Task<GrpcReply> SendAsync(HttpRequestMessage request)
    {
        using var response = await StartAsync(request, TestContext.Current.CancellationToken);
        return await Patience.ForAsync(GrpcReply.ReadAsync(response), $"the whole response of {request.RequestUri}");
    }

    /// <summary>Makes a unary call.</summary>
    public async Task<GrpcReply> CallAsync(string method, byte[] body, string contentType = "application/grpc", params (string Name, string Value)[] headers)
    {
        using var request = Create(method, body, contentType, headers);
        return await SendAsync(request);
    }

    public Task<GrpcReply> CallAsync(string method, string message, params (string Name, string Value)[] headers) =>
        CallAsync(method, GrpcBody.Of(message), "application/grpc", headers);

    public void Dispose() => invoker.Dispose();
}
