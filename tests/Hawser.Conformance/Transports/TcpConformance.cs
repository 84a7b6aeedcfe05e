namespace Hawser.Conformance.Transports;

public sealed class Tcp : TransportUnderTest
{
    public override string FreeAddress => "tcp://127.0.0.1:0";
}

public sealed class TcpTransportConformance() : TransportConformance(new Tcp())
{
    [Fact(Timeout = Hang)]
    public async Task Closing_with_bytes_unread_does_not_reset_what_was_written()
    {
        await using var link = await Transport.LinkAsync();
        await link.ClientLane.WriteAsync(new byte[1000]);
        await link.ServerLane.ReadExactlyAsync(1);

        await link.ServerLane.WriteAsync(new byte[200_000]);
        await link.Server.DisposeAsync();

        Assert.Equal(200_000, (await link.ClientLane.ReadToEndAsync()).Length);
    }

    [Fact(Timeout = Hang)]
    public async Task A_reset_that_a_write_has_noticed_is_not_read_as_an_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells a reset link from an ended one after the fact.");
        await using var link = await Transport.LinkAsync();
        var writing = link.ServerLane.WriteAsync(new byte[64 * 1024 * 1024]).AsTask();

        link.ClientLane.Abort(0);
        await Assert.ThrowsAsync<IOException>(() => writing);

        await Assert.ThrowsAsync<IOException>(() => link.ServerLane.ReadAsync(new byte[1]).AsTask());
    }

    [Fact(Timeout = Hang)]
    public async Task A_reset_says_so()
    {
        await using var link = await Transport.LinkAsync();
        link.ClientLane.Abort(0);

        var failure = await Assert.ThrowsAsync<IOException>(() => link.ServerLane.ReadAsync(new byte[1]).AsTask());

        Assert.Equal($"The link to {link.Server.RemoteAddress} was cut: connection reset by peer.", failure.Message);
    }
}

public sealed class TcpListenerConformance() : ListenerConformance(new Tcp())
{
    [Fact(Timeout = Hang)]
    public async Task Port_0_becomes_the_port_that_was_chosen()
    {
        await using var listener = await Transport.ListenAsync("tcp://127.0.0.1:0");

        Assert.NotEqual(0, listener.Address.Port);
        Assert.Equal("127.0.0.1", listener.Address.Host);
    }

    [Fact(Timeout = Hang)]
    public async Task A_refused_connection_is_called_that()
    {
        var listener = await Transport.ListenAsync(Transport.OwnAddress);
        await listener.DisposeAsync();

        var failure = await Assert.ThrowsAsync<IOException>(() => Transport.ConnectAsync(listener).AsTask());

        Assert.Equal($"Nothing listens on {listener.Address.OriginalString} (connection refused).", failure.Message);
    }

    [Fact(Timeout = Hang)]
    public async Task A_host_name_is_resolved_and_each_of_its_addresses_tried()
    {
        await using var listener = await Transport.ListenAsync("tcp://localhost:0");
        await using var link = await Transport.LinkAsync(listener);

        Assert.Equal("localhost", listener.Address.Host);
    }

    [Fact(Timeout = Hang)]
    public async Task An_unknown_host_is_named()
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => Transport.ConnectAsync("tcp://no-such-host.invalid:1").AsTask());

        Assert.StartsWith("The name 'no-such-host.invalid' of tcp://no-such-host.invalid:1 cannot be resolved (", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_is_counted_by_its_address_without_the_port()
    {
        await using var link = await Transport.LinkAsync();

        Assert.Equal("127.0.0.1", link.Server.RemoteHost);
        Assert.Equal(link.Client.LocalAddress, link.Server.RemoteAddress);
    }

    [Fact(Timeout = Hang)]
    public async Task A_listener_for_all_addresses_takes_clients_of_both_families()
    {
        Assert.SkipUnless(System.Net.Sockets.Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var listener = await Transport.ListenAsync("tcp://[::]:0");
        var accepting = listener.AcceptAsync(default);
        await using var client = await Transport.ConnectAsync($"tcp://127.0.0.1:{listener.Address.Port}");
        await using var server = await accepting;

        Assert.Equal("127.0.0.1", server?.RemoteHost);
    }
}

public sealed class TcpDescriptorConformance() : DescriptorConformance(new Tcp());
