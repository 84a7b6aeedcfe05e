using Hawser.Transports;

namespace Hawser.Conformance.Transports;

/// <summary>Machines without the library that QUIC needs.</summary>
public sealed class QuicSupportTests
{
    private readonly QuicTransport _missing = new(new QuicSupport(() => false, QuicRemedy.ForLinux("ID=debian")));

    [Fact]
    public async Task Connecting_fails_with_one_sentence_that_says_what_to_install()
    {
        var failure = await Assert.ThrowsAsync<TransportNotSupportedException>(
            async () => await _missing.ConnectAsync(new Uri("quic://127.0.0.1:4772"), new ClientTransportOptions(), default));

        Assert.Equal(
            "quic://127.0.0.1:4772 needs QUIC, which this machine lacks: install the library libmsquic with 'apt-get install libmsquic' "
            + "from Microsoft's package feed (packages.microsoft.com).",
            failure.Message);
    }

    [Fact]
    public async Task Listening_fails_with_the_same_sentence_before_anything_else_is_asked_for()
    {
        var failure = await Assert.ThrowsAsync<TransportNotSupportedException>(
            async () => await _missing.ListenAsync(new Uri("quic://127.0.0.1:4772"), new ServerTransportOptions(), default));

        Assert.StartsWith("quic://127.0.0.1:4772 needs QUIC, which this machine lacks: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_over_a_missing_transport_was_not_run()
    {
        await using var channel = HawserChannel.Connect("quic://127.0.0.1:4772", new HawserChannelOptions { Transports = [_missing] });

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.CallAsync<Empty>("Test/Echo").AsTask());

        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains("libmsquic", failure.Status.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n", "'apt-get install libmsquic'")]
    [InlineData("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "'apt-get install libmsquic'")]
    [InlineData("ID=\"rhel\"\nID_LIKE=\"fedora\"\n", "'dnf install libmsquic'")]
    [InlineData("ID=fedora\n", "'dnf install libmsquic'")]
    [InlineData("ID=alpine\n", "'apk add libmsquic'")]
    public void A_distribution_is_told_its_own_command(string release, string command)
    {
        var remedy = QuicRemedy.ForLinux(release);

        Assert.Contains(command, remedy, StringComparison.Ordinal);
        Assert.Equal(remedy.IndexOf(" install ", StringComparison.Ordinal), remedy.LastIndexOf(" install ", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_distribution_is_told_them_all()
    {
        var remedy = QuicRemedy.ForLinux("");

        Assert.All(["apt-get install libmsquic", "dnf install libmsquic", "apk add libmsquic"], command => Assert.Contains(command, remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void The_other_systems_are_told_theirs()
    {
        Assert.Contains("brew install libmsquic", QuicRemedy.ForMac, StringComparison.Ordinal);
        Assert.Contains("Windows 11 or Windows Server 2022", QuicRemedy.ForWindows, StringComparison.Ordinal);
    }
}
