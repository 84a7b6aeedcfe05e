using Hawser.Cli.Parsing;
using Xunit;

namespace Hawser.Cli.Tests.Connecting;

public sealed class AddressListTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:1")]
    [InlineData("quic://h:1,tls://h:2")]
    [InlineData("quic://h:1, tls://h:2, unix:/run/h.sock")]
    [InlineData("grpc://h:1,grpcs://h:2")]
    public void Several_addresses_of_one_wire_are_taken(string addresses) => Assert.Null(Address.CheckAll(addresses));

    [Theory]
    [InlineData("tcp://h:1,grpc://h:2", "tcp://h:1 and grpc://h:2 speak different wires")]
    [InlineData("grpcs://h:1,quic://h:2", "grpcs://h:1 and quic://h:2 speak different wires")]
    [InlineData("tcp://h:1,", "a comma without an address")]
    [InlineData(",tcp://h:1", "a comma without an address")]
    [InlineData("tcp://h:1,,tcp://h:2", "a comma without an address")]
    [InlineData("tcp://h:1,h:2", "'h:2' has no scheme")]
    [InlineData("tcp://h:1,tcp://i", "'tcp://i' has no port")]
    [InlineData("tcp://h:0", "'tcp://h:0' has the port 0, which is for listening only")]
    [InlineData("tcp://h:1,tcp://[::1]:0", "'tcp://[::1]:0' has the port 0, which is for listening only")]
    [InlineData("tcp://h:1,ftp://i:2", "unknown scheme 'ftp:' in 'ftp://i:2'")]
    public void What_is_wrong_with_one_of_several_is_told_of_that_one(string addresses, string reason) =>
        Assert.Contains(reason, Address.CheckAll(addresses), StringComparison.Ordinal);

    [Fact]
    public void A_list_is_no_address_to_listen_on() =>
        Assert.Contains("not an address", Address.Check("tcp://h:1,tcp://h:2"), StringComparison.Ordinal);

    [Theory]
    [InlineData("tls://h:1")]
    [InlineData("QUIC://h:1,tls://h:2")]
    [InlineData("grpcs://h:1")]
    public void Certificates_are_for_encrypted_addresses(string addresses) => Assert.Null(Address.FirstUnencrypted(addresses));

    [Theory]
    [InlineData("tcp://h:1", "tcp://h:1")]
    [InlineData("grpc://h:1", "grpc://h:1")]
    [InlineData("unix:/run/h.sock", "unix:/run/h.sock")]
    [InlineData("tls://h:1,tcp://h:2", "tcp://h:2")]
    [InlineData("tls://h:1, unix:/run/h.sock, tcp://h:2", "unix:/run/h.sock")]
    public void One_address_without_encryption_is_enough_to_refuse_them(string addresses, string unencrypted) =>
        Assert.Equal(unencrypted, Address.FirstUnencrypted(addresses));
}
