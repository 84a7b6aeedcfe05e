using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hawser.Testing;
using Hawser.Transports;

namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>A gRPC channel over a network that can be spoilt, on a clock that stands still.</summary>
public abstract class GrpcLifeTest : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly Lazy<X509Certificate2> certificate = new(NewCertificate);

    protected GrpcLifeTest() => Network = new SimulatedNetwork(seed: 5, Clock);

    protected ManualTimeProvider Clock { get; } = new();

    protected SimulatedNetwork Network { get; }

    /// <summary>Where the server listens, once one does; the next one listens there, too.</summary>
    protected string Address { get; private set; } = Loopback.Own("grpc://127.0.0.1:0");

    /// <summary>The delay after a failed attempt.</summary>
    protected static TimeSpan Delay { get; } = TimeSpan.FromSeconds(3);

    protected ClientTransportOptions Trust => ClientTransportOptions.TrustingOnly(certificate.Value);

    protected async Task<HawserServer> ServeAsync(string scheme = "grpc", ConnectionLimits? limits = null)
    {
        var server = new HawserServer(new HawserServerOptions { Wires = [new GrpcWire()], Limits = limits ?? new ConnectionLimits() });
        owned.Add(server);
        server.Map("Test/Echo", (string text) => text);
        server.Map("Test/Hang", async (CancellationToken cancellationToken) => await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        var bound = await server.ListenAsync(
            Address.Replace("grpc:", $"{scheme}:", StringComparison.Ordinal),
            new ServerTransportOptions { Tls = new SslServerAuthenticationOptions { ServerCertificate = certificate.Value } });
        Address = bound.OriginalString;
        return server;
    }

    protected HawserChannel Connect(HawserChannelOptions options)
    {
        var channel = HawserChannel.Connect(Address, options);
        owned.Add(channel);
        return channel;
    }

    protected static Wire[] Wires(int maxConnections = 1) => [new GrpcWire { Client = new GrpcClientOptions { MaxConnections = maxConnections } }];

    protected static ValueTask<string> EchoAsync(CallInvoker channel, CallOptions options = default) => channel.CallAsync<string, string>("Test/Echo", "hello", options);

    protected static async Task<RpcException> FailAsync(CallInvoker channel, CallOptions options = default) =>
        await Assert.ThrowsAsync<RpcException>(async () => await EchoAsync(channel, options));

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(owned))
            await one.DisposeAsync();
        await Network.DisposeAsync();
        if (certificate.IsValueCreated)
            certificate.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
