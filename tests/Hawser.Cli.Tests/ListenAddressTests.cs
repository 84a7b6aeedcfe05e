using Hawser.Node;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:4772")]
    [InlineData("tcp://127.1.2.3:0")]
    [InlineData("tcp://[::1]:4772")]
    [InlineData("tcp://localhost:4772")]
    [InlineData("tls://0.0.0.0:4773")]
    [InlineData("unix:/run/hawser.sock")]
    [InlineData("grpc://127.0.0.1:4770")]
    [InlineData("grpc://[::1]:0")]
    [InlineData("grpcs://0.0.0.0:4774")]
    public void Loopback_tls_and_unix_sockets_may_be_listened_on(string address) => Assert.Null(ListenAddress.Check(address, insecureBeyondLoopback: false));

    [Theory]
    [InlineData("tcp://0.0.0.0:4772")]
    [InlineData("tcp://[::]:4772")]
    [InlineData("tcp://192.168.1.5:4772")]
    [InlineData("tcp://example.org:4772")]
    [InlineData("tcp://localhost.example.org:4772")]
    [InlineData("TCP://0.0.0.0:4772")]
    [InlineData("grpc://0.0.0.0:4770")]
    [InlineData("GRPC://example.org:4770")]
    public void Unencrypted_addresses_that_others_can_reach_need_the_flag_that_admits_it(string address)
    {
        Assert.Contains("--insecure-listen-beyond-loopback", ListenAddress.Check(address, insecureBeyondLoopback: false), StringComparison.Ordinal);
        Assert.Null(ListenAddress.Check(address, insecureBeyondLoopback: true));
    }
}
