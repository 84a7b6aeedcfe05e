using Hawser.Node;
using Hawser.Transports;
using Xunit;

namespace Hawser.Cli.Tests;

/// <summary>A node on a machine that lacks what one of its transports needs.</summary>
public sealed class MissingTransportTests
{
    [Fact]
    public async Task The_node_goes_on_with_the_other_addresses_and_says_why()
    {
        await using var node = NodeWithout("quic", "quic://127.0.0.1:4772", "tcp://127.0.0.1:0");

        await node.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal("tcp", Assert.Single(node.Addresses).Scheme);
        Assert.Equal("The library is missing.", Assert.Single(node.Unavailable));
    }

    [Fact]
    public async Task Without_any_other_address_it_does_not_start()
    {
        await using var node = NodeWithout("quic", "quic://127.0.0.1:4772");

        var failure = await Assert.ThrowsAsync<TransportNotSupportedException>(() => node.StartAsync(TestContext.Current.CancellationToken));

        Assert.Equal("The library is missing.", failure.Message);
    }

    private static HawserNode NodeWithout(string scheme, params string[] listen) =>
        new(new HawserNodeOptions { Listen = listen, Transports = [new MissingTransport(scheme)] });

    private sealed class MissingTransport(string scheme) : Transport
    {
        public override string Scheme => scheme;

        public override ValueTask<TransportConnection> ConnectAsync(Uri address, ClientTransportOptions options, CancellationToken cancellationToken) =>
            throw new TransportNotSupportedException("The library is missing.");

        public override ValueTask<TransportListener> ListenAsync(Uri address, ServerTransportOptions options, CancellationToken cancellationToken) =>
            throw new TransportNotSupportedException("The library is missing.");
    }
}
