using System.Net;
using System.Net.Sockets;

namespace Hawser.Tests.Channels.Names;

public sealed class NameResolverTests
{
    private static readonly IPAddress Four = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Six = IPAddress.Parse("2001:db8::1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_system_knows_this_machine() =>
        Assert.Contains(await SystemNameResolver.Instance.ResolveAsync("localhost", Token), IPAddress.IsLoopback);

    [Fact]
    public async Task A_system_call_that_hangs_is_left_at_once_when_its_caller_gives_up()
    {
        using var hang = new ManualResetEventSlim();
        var resolver = new SystemNameResolver(_ =>
        {
            hang.Wait(CancellationToken.None);
            return [Four];
        });
        using var cancel = new CancellationTokenSource();
        var lookup = resolver.ResolveAsync("slow.example", cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup);
        hang.Set();
    }

    [Fact]
    public async Task A_system_call_that_hangs_keeps_no_other_name_waiting()
    {
        using var hang = new ManualResetEventSlim();
        var resolver = new SystemNameResolver(host =>
        {
            if (string.Equals(host, "slow.example", StringComparison.Ordinal))
                hang.Wait(CancellationToken.None);
            return [Four];
        });
        var slow = resolver.ResolveAsync("slow.example", Token);

        Assert.Equal([Four], await resolver.ResolveAsync("quick.example", Token));
        Assert.False(slow.IsCompleted);
        hang.Set();
        await slow;
    }

    [Fact]
    public async Task Callers_who_want_the_same_name_at_the_same_time_share_one_system_call()
    {
        var calls = 0;
        using var hang = new ManualResetEventSlim();
        var resolver = new SystemNameResolver(_ =>
        {
            Interlocked.Increment(ref calls);
            hang.Wait(CancellationToken.None);
            return [Four];
        });
        var lookups = Enumerable.Range(0, 10).Select(_ => resolver.ResolveAsync("one.example", Token).AsTask()).ToList();
        hang.Set();
        await Task.WhenAll(lookups);

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_name_that_the_system_could_not_resolve_is_asked_for_again_the_next_time()
    {
        var calls = 0;
        var resolver = new SystemNameResolver(_ => ++calls == 1 ? throw new SocketException((int)SocketError.TryAgain) : [Four]);

        await Assert.ThrowsAsync<SocketException>(async () => await resolver.ResolveAsync("later.example", Token));
        Assert.Equal([Four], await resolver.ResolveAsync("later.example", Token));
    }

    [Fact]
    public async Task A_static_resolver_knows_its_hosts_in_any_case() =>
        Assert.Equal([Four, Six], await Static(Four, Six).ResolveAsync("GAME.example", Token));

    [Fact]
    public async Task A_static_resolver_says_that_it_does_not_know_a_host()
    {
        var failure = await Assert.ThrowsAsync<IOException>(async () => await Static(Four).ResolveAsync("other.example", Token));
        Assert.Equal("The name 'other.example' is not one of the 1 that the channel's StaticNameResolver knows.", failure.Message);
    }

    [Fact]
    public async Task A_static_resolver_hands_other_hosts_to_its_next()
    {
        var resolver = new StaticNameResolver(new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal), Static(Six));
        Assert.Equal([Six], await resolver.ResolveAsync("game.example", Token));
    }

    [Fact]
    public void A_static_resolver_refuses_a_host_without_addresses() =>
        Assert.StartsWith("The host 'game.example' has no addresses", Assert.Throws<ArgumentException>(() => Static()).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_address_in_digits_is_not_asked_for() =>
        Assert.Equal([Six], await HostAddresses.ResolveAsync(Static(Four), new Uri("tcp://[2001:db8::1]:1"), Token));

    [Fact]
    public async Task A_resolver_that_finds_nothing_has_failed_with_the_name_and_the_address()
    {
        var failure = await Assert.ThrowsAsync<IOException>(
            async () => await HostAddresses.ResolveAsync(new Nobody(), new Uri("tcp://game.example:1"), Token));
        Assert.Equal("The name 'game.example' of tcp://game.example:1 cannot be resolved (no such host).", failure.Message);
    }

    [Fact]
    public async Task An_address_without_a_port_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await HostAddresses.ResolveAsync(Static(Four), new Uri("tcp://game.example"), Token));

    [Fact]
    public async Task An_international_name_is_asked_for_in_ASCII()
    {
        var resolver = new StaticNameResolver(new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal) { ["xn--bcher-kva.example"] = [Four] });
        Assert.Equal([Four], await HostAddresses.ResolveAsync(resolver, new Uri("tcp://bücher.example:1"), Token));
    }

    private static StaticNameResolver Static(params IPAddress[] addresses) =>
        new(new Dictionary<string, IReadOnlyList<IPAddress>>(StringComparer.Ordinal) { ["game.example"] = addresses });

    private sealed class Nobody : INameResolver
    {
        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => new([]);
    }
}
