using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Hawser.Grpc;
using Hawser.Protobuf;
using Hawser.Transports;

namespace Hawser.Interop.Client;

/// <summary>The channels to the server.</summary>
internal sealed class Channels(string address, string? authority) : IAsyncDisposable
{
    /// <summary>How ordinary programs call.</summary>
    public HawserChannel Plain { get; } = Connect(address, authority, new GrpcClientOptions());

    /// <summary>Compresses every message that is not written with <see cref="WriteFlags.NoCompress"/>.</summary>
    public HawserChannel Compressing { get; } = Connect(address, authority, new GrpcClientOptions { Compression = "gzip" });

    public async ValueTask DisposeAsync()
    {
        await Plain.DisposeAsync();
        await Compressing.DisposeAsync();
    }

    private static HawserChannel Connect(string address, string? authority, GrpcClientOptions options) => HawserChannel.Connect(address, new HawserChannelOptions
    {
        Codec = ProtobufCodec.Default,
        Wires = [new GrpcWire { Client = options }],
        Transport = new ClientTransportOptions { Tls = new SslClientAuthenticationOptions { CertificateChainPolicy = authority is null ? null : TrustOnly(authority) } },
    });

    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
