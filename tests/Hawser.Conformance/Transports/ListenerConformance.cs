namespace Hawser.Conformance.Transports;

/// <summary>What every transport promises about listening and connecting.</summary>
public abstract class ListenerConformance(TransportUnderTest transport) : IDisposable
{
    protected TransportUnderTest Transport => transport;

    [Fact(Timeout = Hang)]
    public async Task Where_nobody_listens_a_sentence_names_the_address()
    {
        var listener = await transport.ListenAsync(transport.OwnAddress);
        var address = listener.Address.OriginalString;
        await listener.DisposeAsync();

        var failure = await Assert.ThrowsAnyAsync<IOException>(() => transport.ConnectAsync(address).AsTask());

        Assert.StartsWith($"Nothing listens on {address} (", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task An_address_that_is_taken_is_refused_with_a_sentence_that_names_it()
    {
        await using var listener = await transport.ListenAsync();
        var address = listener.Address.OriginalString;

        var failure = await Assert.ThrowsAnyAsync<IOException>(() => transport.ListenAsync(address).AsTask());

        Assert.Contains(address, failure.Message, StringComparison.Ordinal);
        Assert.Contains("already in use", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task An_address_can_be_used_again_after_dispose_even_while_its_links_live()
    {
        var first = await transport.ListenAsync();
        await using var link = await transport.LinkAsync(first);
        await first.DisposeAsync();

        await using var second = await transport.ListenAsync(first.Address.OriginalString);
        await using var another = await transport.LinkAsync(second);

        Assert.Equal(first.Address, second.Address);
    }

    [Fact(Timeout = Hang)]
    public async Task Disposing_a_listener_ends_its_pending_accept()
    {
        var listener = await transport.ListenAsync();
        var accepting = listener.AcceptAsync(default);

        await listener.DisposeAsync();
        await listener.DisposeAsync();

        Assert.Null(await accepting);
        Assert.Null(await listener.AcceptAsync(default));
    }

    [Fact(Timeout = Hang)]
    public async Task Accepting_can_be_given_up_and_tried_again()
    {
        await using var listener = await transport.ListenAsync();
        using var givingUp = new CancellationTokenSource();
        var accepting = listener.AcceptAsync(givingUp.Token).AsTask();

        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);

        await using var link = await transport.LinkAsync(listener);
    }

    [Fact(Timeout = Hang)]
    public async Task A_client_that_leaves_before_it_is_accepted_does_not_stop_the_next_one()
    {
        await using var listener = await transport.ListenAsync();
        var hasty = await transport.ConnectAsync(listener);
        hasty.FirstLane.Abort(0);
        await hasty.DisposeAsync();

        await using var patient = await transport.ConnectAsync(listener);
        await using var first = await listener.AcceptAsync(default);
        await using var second = first?.RemoteAddress == patient.LocalAddress ? null : await listener.AcceptAsync(default);

        Assert.Equal(patient.LocalAddress, (second ?? first)?.RemoteAddress);
    }

    [Fact(Timeout = Hang)]
    public async Task Many_clients_at_once_are_all_accepted()
    {
        await using var listener = await transport.ListenAsync();

        var accepting = Task.Run(async () =>
        {
            for (var count = 0; count < 100; count++)
                await (await listener.AcceptAsync(default))!.DisposeAsync();
        });
        var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => transport.ConnectAsync(listener).AsTask()));
        await accepting;

        foreach (var client in clients)
            await client.DisposeAsync();
    }

    public void Dispose()
    {
        transport.Dispose();
        GC.SuppressFinalize(this);
    }
}
