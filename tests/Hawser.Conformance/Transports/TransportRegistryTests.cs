using Hawser.Transports;

namespace Hawser.Conformance.Transports;

public sealed class TransportRegistryTests
{
    private readonly TransportRegistry _registry = new([]);

    [Theory]
    [InlineData("tcp://127.0.0.1:4772", "tcp")]
    [InlineData("tcp://[::1]:4772", "tcp")]
    [InlineData("tcp://0.0.0.0:0", "tcp")]
    [InlineData("TLS://example.org:4772", "tls")]
    [InlineData("quic://example.org:4772", "quic")]
    [InlineData("unix:/run/hawser.sock", "unix")]
    [InlineData("unix:///run/hawser.sock", "unix")]
    [InlineData("unix:hawser.sock", "unix")]
    [InlineData("unix:./my hawser.sock", "unix")]
    [InlineData("unix:../hawser.sock", "unix")]
    [InlineData("inproc:name", "inproc")]
    public void An_address_finds_its_transport(string address, string scheme) => Assert.Equal(scheme, _registry.Find(address).Transport.Scheme);

    [Fact]
    public void An_unknown_scheme_is_named_with_those_that_are_known() =>
        Assert.StartsWith("The scheme 'foo' of 'foo://x' is not known; known are tcp, tls, quic, unix, inproc.", Refusal("foo://x"), StringComparison.Ordinal);

    [Theory]
    [InlineData("tcp://127.0.0.1", "names no port")]
    [InlineData("tcp://127.0.0.1:4772/path", "more than a host and a port")]
    [InlineData("tcp://127.0.0.1:99999", "is no address that can be read")]
    [InlineData("quic://127.0.0.1", "names no port")]
    [InlineData("tcp:", "names no host")]
    [InlineData("4772", "has no scheme")]
    [InlineData("", "has no scheme")]
    public void A_bad_address_is_refused_with_a_sentence(string address, string reason) =>
        Assert.Contains(reason, Refusal(address), StringComparison.Ordinal);

    private string Refusal(string address) => Assert.Throws<ArgumentException>(() => _registry.Find(address)).Message;
}
