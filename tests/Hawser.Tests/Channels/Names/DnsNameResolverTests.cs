using System.Collections.Concurrent;
using System.Net;
using Hawser.Testing;

namespace Hawser.Tests.Channels.Names;

public sealed class DnsNameResolverTests
{
    private const string Host = "game.example";
    private const string Four = "192.0.2.1", Six = "2001:db8::1";

    private readonly ManualTimeProvider clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Hang)]
    public async Task Both_families_are_asked_for_and_IPv6_comes_first()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, Six));

        Assert.Equal(Addresses(Six, Four), await Resolver(server).ResolveAsync(Host, Token));
        Assert.Equal([DnsType.A, DnsType.Aaaa], server.Queries.Select(query => query.Type).Order());
    }

    [Fact(Timeout = Hang)]
    public async Task A_name_with_one_family_has_that_one()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, ""));
        Assert.Equal(Addresses(Four), await Resolver(server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task A_name_that_does_not_exist_is_told_as_such()
    {
        using var server = new DnsServer(query => query.Fail(3));
        Assert.Equal($"The name '{Host}' cannot be resolved (no such host).", (await FailureOfAsync(Resolver(server))).Message);
    }

    [Fact(Timeout = Hang)]
    public async Task A_failure_is_not_remembered()
    {
        var exists = false;
        using var server = new DnsServer(query => exists ? query.AnswerWith(Four, "") : query.Fail(3));
        var resolver = Resolver(server);
        await FailureOfAsync(resolver);
        exists = true;

        Assert.Equal(Addresses(Four), await resolver.ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task Aliases_in_one_answer_are_followed()
    {
        using var server = new DnsServer(query => query.Answer(
            DnsQuery.Alias(Host, "a.example"), DnsQuery.Alias("a.example", "b.example"), DnsQuery.Address("other.example", "192.0.2.9"), DnsQuery.Address("b.example", Four)));
        Assert.Equal(Addresses(Four), await Resolver(server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task An_alias_without_its_address_is_asked_for()
    {
        using var server = new DnsServer(query => query.Name == Host ? query.Answer(DnsQuery.Alias(Host, "a.example")) : query.AnswerWith(Four, Six));
        Assert.Equal(Addresses(Six, Four), await Resolver(server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task Aliases_that_go_round_in_a_circle_have_an_end()
    {
        using var server = new DnsServer(query => query.Answer(DnsQuery.Alias(query.Name, query.Name == Host ? "a.example" : Host)));
        Assert.Contains("more than 16 aliases", (await FailureOfAsync(Resolver(server))).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task An_answer_that_does_not_fit_is_got_over_TCP()
    {
        byte[][] many = [.. Enumerable.Range(1, 100).Select(i => DnsQuery.Address(Host, $"192.0.2.{i}"))];
        using var server = new DnsServer(query => query.Type == DnsType.Aaaa ? query.Answer() : query.IsTcp ? query.Answer(many) : query.Truncated());

        Assert.Equal(100, (await Resolver(server).ResolveAsync(Host, Token)).Count);
    }

    [Fact(Timeout = Hang)]
    public async Task An_answer_with_another_number_is_ignored()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, ""))
        {
            Noise = query => Changed(query.AnswerWith("192.0.2.66", "2001:db8::66"), at: 1),
        };
        Assert.Equal(Addresses(Four), await Resolver(server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task An_answer_to_another_question_is_ignored()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, ""))
        {
            Noise = query => Changed(query.AnswerWith("192.0.2.66", "2001:db8::66"), at: DnsResponse.HeaderSize + 1),
        };
        Assert.Equal(Addresses(Four), await Resolver(server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task An_answer_from_somebody_else_is_ignored()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, "")) { Forgery = query => query.AnswerWith("192.0.2.66", "2001:db8::66") };
        Assert.Equal(Addresses(Four), await Resolver(server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task Numbers_are_random()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, Six, seconds: 0));
        var resolver = Resolver(server);
        for (var i = 0; i < 16; i++)
            await resolver.ResolveAsync(Host, Token);

        var numbers = server.Queries.Select(query => (int)query.Id).ToList();
        Assert.True(numbers.Distinct().Count() > 28, "32 random numbers of 16 bits are hardly ever the same");
        Assert.True(numbers.Zip(numbers.Skip(1)).Count(pair => pair.Second == pair.First + 1) < 4, "they do not count up");
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_that_does_not_answer_is_followed_by_the_next()
    {
        using var silent = new DnsServer(_ => null);
        using var server = new DnsServer(query => query.AnswerWith(Four, Six));
        var lookup = Resolver(silent, server).ResolveAsync(Host, Token).AsTask();
        await EventuallyAsync(() => silent.Queries.Count >= 2 && clock.PendingTimers >= 2);
        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(Addresses(Six, Four), await lookup);
    }

    [Theory(Timeout = Hang)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_server_that_refuses_is_followed_by_the_next(int code)
    {
        using var refusing = new DnsServer(query => query.Fail(code));
        using var server = new DnsServer(query => query.AnswerWith(Four, Six));
        Assert.Equal(Addresses(Six, Four), await Resolver(refusing, server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task A_server_whose_answer_cannot_be_read_is_followed_by_the_next()
    {
        using var broken = new DnsServer(query => query.Answer([DnsQuery.Address(Host, Four)[..^1]]));
        using var server = new DnsServer(query => query.AnswerWith(Four, Six));
        Assert.Equal(Addresses(Six, Four), await Resolver(broken, server).ResolveAsync(Host, Token));
    }

    [Fact(Timeout = Hang)]
    public async Task When_no_server_helps_the_failure_names_one_and_why()
    {
        using var refusing = new DnsServer(query => query.Fail(5));
        Assert.Equal(
            $"The name '{Host}' cannot be resolved (the DNS server {refusing.Address} answered with the code 5).", (await FailureOfAsync(Resolver(refusing))).Message);
        Assert.Equal(4, refusing.Queries.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task A_family_that_is_not_answered_costs_no_more_than_50_ms()
    {
        using var server = new DnsServer(query => query.Type == DnsType.A ? query.AnswerWith(Four, "") : null);
        var timers = new TimerWatch(clock);
        var lookup = new DnsNameResolver(server.Address) { TimeProvider = timers }.ResolveAsync(Host, Token).AsTask();
        await EventuallyAsync(() => timers.DueTimes.Contains(TimeSpan.FromMilliseconds(50)));
        Assert.False(lookup.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal(Addresses(Four), await lookup);
    }

    [Fact(Timeout = Hang)]
    public async Task What_was_found_is_remembered_as_long_as_its_records_allow()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, Six, query.Type == DnsType.A ? 30 : 60));
        var resolver = Resolver(server);
        await resolver.ResolveAsync(Host, Token);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(Addresses(Six, Four), await resolver.ResolveAsync("GAME.example", Token));
        Assert.Equal(2, server.Queries.Count);
        clock.Advance(TimeSpan.FromSeconds(1));
        await resolver.ResolveAsync(Host, Token);
        Assert.Equal(4, server.Queries.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task However_long_its_records_allow_a_name_is_remembered_for_5_minutes()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, Six, seconds: 1_000_000));
        var resolver = Resolver(server);
        await resolver.ResolveAsync(Host, Token);
        clock.Advance(TimeSpan.FromMinutes(5));
        await resolver.ResolveAsync(Host, Token);

        Assert.Equal(4, server.Queries.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task Only_so_many_names_are_remembered()
    {
        using var server = new DnsServer(query => query.AnswerWith(Four, Six, query.Name == "first.example" ? 10 : 60));
        var resolver = new DnsNameResolver(server.Address) { TimeProvider = clock, MaxCachedNames = 2 };
        foreach (var name in new[] { "first.example", "second.example", "third.example" })
            await resolver.ResolveAsync(name, Token);
        await resolver.ResolveAsync("second.example", Token);
        await resolver.ResolveAsync("third.example", Token);
        Assert.Equal(6, server.Queries.Count);
        await resolver.ResolveAsync("first.example", Token);
        Assert.Equal(8, server.Queries.Count);
    }

    [Fact(Timeout = Hang)]
    public async Task Localhost_is_not_asked_for()
    {
        using var server = new DnsServer(query => query.Fail(3));
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], await Resolver(server).ResolveAsync("localhost", Token));
        Assert.Empty(server.Queries);
    }

    [Theory(Timeout = Hang)]
    [InlineData("a..example")]
    [InlineData("ä.example")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.example")]
    public async Task A_name_that_DNS_cannot_carry_is_refused(string name)
    {
        using var server = new DnsServer(query => query.Fail(3));
        var failure = await Assert.ThrowsAsync<IOException>(async () => await Resolver(server).ResolveAsync(name, Token));
        Assert.Contains("is none that DNS can look up", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Who_gives_up_is_let_go_at_once()
    {
        using var silent = new DnsServer(_ => null);
        using var cancel = new CancellationTokenSource();
        var lookup = Resolver(silent).ResolveAsync(Host, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lookup);
    }

    [Fact]
    public void A_resolver_without_servers_is_refused() => Assert.Throws<ArgumentException>(() => new DnsNameResolver());

    private static byte[] Changed(byte[] message, int at)
    {
        message[at] ^= 1;
        return message;
    }

    private static IReadOnlyList<IPAddress> Addresses(params string[] texts) => [.. texts.Select(IPAddress.Parse)];

    private static Task<IOException> FailureOfAsync(DnsNameResolver resolver) => Assert.ThrowsAsync<IOException>(async () => await resolver.ResolveAsync(Host, Token));

    private DnsNameResolver Resolver(params DnsServer[] servers) => new([.. servers.Select(server => server.Address)]) { TimeProvider = clock };

    /// <summary>A clock that says which timers were set.</summary>
    private sealed class TimerWatch(ManualTimeProvider clock) : TimeProvider
    {
        public ConcurrentBag<TimeSpan> DueTimes { get; } = [];

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = clock.CreateTimer(callback, state, dueTime, period);
            DueTimes.Add(dueTime);
            return timer;
        }
    }
}
