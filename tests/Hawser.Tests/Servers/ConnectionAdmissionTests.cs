namespace Hawser.Tests.Servers;

public sealed class ConnectionAdmissionTests
{
    [Fact]
    public void Places_are_counted_in_all_and_given_back_once()
    {
        var admission = new ConnectionAdmission(new HawserServerOptions { MaxConnections = 2 });
        var first = admission.TryEnter("10.0.0.1", out _);
        var second = admission.TryEnter("10.0.0.2", out _);

        Assert.Null(admission.TryEnter("10.0.0.3", out var refusal));
        Assert.Equal("the server has 2 connections already (HawserServerOptions.MaxConnections)", refusal!.Text);
        first!.Dispose();
        first.Dispose();
        Assert.NotNull(admission.TryEnter("10.0.0.3", out _));
        Assert.Null(admission.TryEnter("10.0.0.4", out _));
        second!.Dispose();
        Assert.NotNull(admission.TryEnter("10.0.0.4", out _));
    }

    [Fact]
    public void Each_address_has_places_of_its_own()
    {
        var admission = new ConnectionAdmission(new HawserServerOptions { MaxConnectionsPerAddress = 1 });
        var first = admission.TryEnter("10.0.0.1", out _);

        Assert.Null(admission.TryEnter("10.0.0.1", out var refusal));
        Assert.Equal("the server has 1 connections from 10.0.0.1 already (HawserServerOptions.MaxConnectionsPerAddress)", refusal!.Text);
        Assert.NotNull(admission.TryEnter("10.0.0.2", out _));
        first!.Dispose();
        Assert.NotNull(admission.TryEnter("10.0.0.1", out _));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff:4:5:6%3", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    [InlineData("inproc", null)]
    [InlineData("/run/hawser.sock", null)]
    public void An_address_is_one_of_IPv4_or_a_network_of_IPv6(string remoteHost, string? key) => Assert.Equal(key, RemoteHosts.KeyOf(remoteHost));

    [Fact]
    public void Peers_without_an_address_are_not_counted_by_it()
    {
        var admission = new ConnectionAdmission(new HawserServerOptions { MaxConnectionsPerAddress = 1 });

        Assert.NotNull(admission.TryEnter("inproc", out _));
        Assert.NotNull(admission.TryEnter("inproc", out _));
    }

    [Fact]
    public void Limits_have_ranges()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HawserServerOptions { MaxConnectionsPerAddress = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HawserServerOptions { MaxAcceptRate = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HawserServerOptions { AcceptBurst = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new OutboxOptions { MaxMessages = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new OutboxOptions { MaxBytes = 0 });
    }
}
