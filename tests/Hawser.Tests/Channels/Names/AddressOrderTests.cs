using System.Net;

namespace Hawser.Tests.Channels.Names;

public sealed class AddressOrderTests
{
    [Fact]
    public void Families_take_turns_and_the_resolvers_first_begins() => Assert.Equal(
        Addresses("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"),
        AddressOrder.Interleave("game.example", Addresses("2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.1", "192.0.2.2")));

    [Fact]
    public void IPv4_begins_where_the_resolver_puts_it_first() => Assert.Equal(
        Addresses("192.0.2.1", "2001:db8::1", "192.0.2.2"),
        AddressOrder.Interleave("game.example", Addresses("192.0.2.1", "192.0.2.2", "2001:db8::1")));

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost.")]
    [InlineData("db.localhost")]
    public void Localhost_begins_with_IPv4_whatever_the_resolver_says(string host) => Assert.Equal(
        Addresses("127.0.0.1", "::1"),
        AddressOrder.Interleave(host, Addresses("::1", "127.0.0.1")));

    [Fact]
    public void Localhost_without_IPv4_is_IPv6() => Assert.Equal(Addresses("::1"), AddressOrder.Interleave("localhost", Addresses("::1")));

    [Fact]
    public void An_address_that_comes_twice_is_tried_once() => Assert.Equal(
        Addresses("192.0.2.1", "192.0.2.2"),
        AddressOrder.Interleave("game.example", Addresses("192.0.2.1", "192.0.2.1", "192.0.2.2")));

    [Fact]
    public void At_most_64_addresses_are_tried() => Assert.Equal(
        64,
        AddressOrder.Interleave("game.example", [.. Enumerable.Range(0, 1000).Select(i => new IPAddress(0x0A000000L + i))]).Count);

    private static IReadOnlyList<IPAddress> Addresses(params string[] texts) => [.. texts.Select(IPAddress.Parse)];
}
