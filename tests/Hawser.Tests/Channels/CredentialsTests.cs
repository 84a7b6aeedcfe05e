namespace Hawser.Tests.Channels;

/// <summary>Where credentials may go, and what is seen of them.</summary>
public sealed class CredentialsTests
{
    private static readonly CredentialsProvider Provider = static (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("authorization", "s3cr3t")));

    [Theory]
    [InlineData("tcp://10.1.2.3:4772")]
    [InlineData("tcp://example.org:4772")]
    [InlineData("TCP://[2001:db8::1]:4772")]
    [InlineData("tcp://0.0.0.0:4772")]
    [InlineData("tls://example.org:4772, tcp://example.org:4772")]
    public void Credentials_are_not_sent_where_others_can_read_them(string address)
    {
        foreach (var options in new[] { new HawserChannelOptions { CallCredentials = Provider }, new HawserChannelOptions { ConnectionCredentials = Provider } })
        {
            var failure = Assert.Throws<ArgumentException>(() => HawserChannel.Connect(address, options));
            Assert.Contains("AllowCredentialsWithoutTls", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:4772")]
    [InlineData("tcp://127.8.9.10:4772")]
    [InlineData("tcp://[::1]:4772")]
    [InlineData("tcp://localhost:4772")]
    [InlineData("tls://example.org:4772")]
    [InlineData("unix:/tmp/none.sock")]
    [InlineData("inproc:none")]
    public async Task Credentials_may_go_where_nobody_listens_in(string address) =>
        await HawserChannel.Connect(address, new HawserChannelOptions { CallCredentials = Provider, ConnectionCredentials = Provider }).DisposeAsync();

    [Fact]
    public async Task Whoever_admits_it_may_send_them_anywhere() => await HawserChannel.Connect("tcp://10.1.2.3:4772", new HawserChannelOptions
    {
        CallCredentials = Provider,
        AllowCredentialsWithoutTls = true,
    }).DisposeAsync();

    [Fact]
    public void Credentials_do_not_show_themselves()
    {
        Assert.Equal("Credentials without expiry", new Credentials(new Metadata().Add("authorization", "s3cr3t")).ToString());
        Assert.Equal("Credentials until 2026-11-20 12:00:00Z", new Credentials(Metadata.Empty, new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)).ToString());
    }

    [Fact]
    public async Task Credentials_that_are_over_the_limit_are_not_sent()
    {
        await using var channel = HawserChannel.Connect("inproc:nobody", new HawserChannelOptions
        {
            ConnectionCredentials = static (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("big", new string('a', 20_000)))),
        });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await channel.OpenAsync());
        Assert.Equal((StatusCode.ResourceExhausted, true), (failure.Code, failure.NotRun));
    }

    [Fact]
    public async Task A_disposed_channel_refreshes_no_credentials_and_says_so()
    {
        var asked = 0;
        var channel = HawserChannel.Connect("inproc:nobody", new HawserChannelOptions
        {
            CallCredentials = (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("who", $"{++asked}"))),
        });
        await channel.DisposeAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.RefreshCredentialsAsync());

        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.Contains("inproc:nobody has been disposed", failure.Status.Text, StringComparison.Ordinal);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task A_hundred_that_ask_for_a_connections_credentials_at_once_share_one_answer()
    {
        var asked = 0;
        var release = new TaskCompletionSource();
        var request = ConnectionCredentialsRequest.Of(
            new HawserChannelOptions
            {
                ConnectionCredentials = async (_, _) =>
                {
                    Interlocked.Increment(ref asked);
                    await release.Task;
                    return new Credentials(Metadata.Empty, DateTimeOffset.MaxValue.AddDays(-10 + asked));
                },
            },
            "inproc:nobody")!;

        var waiting = Enumerable.Range(0, 100).Select(_ => request.GetAsync()).ToList();
        release.SetResult();
        var all = await Task.WhenAll(waiting);
        var renewed = await request.GetAfterAsync(all[0]);

        Assert.Single(all.Distinct());
        Assert.NotSame(all[0], renewed);
        Assert.Same(renewed, await request.GetAfterAsync(all[0]));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Credentials_that_have_expired_already_are_none()
    {
        await using var channel = HawserChannel.Connect("inproc:nobody", new HawserChannelOptions
        {
            CallCredentials = static (_, _) => new ValueTask<Credentials>(new Credentials(Metadata.Empty, DateTimeOffset.UnixEpoch)),
        });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await channel.CallAsync<int>("Test/Nothing"));
        Assert.Equal(StatusCode.Unauthenticated, failure.Code);
        Assert.Contains("expired", failure.Message, StringComparison.Ordinal);
    }
}
