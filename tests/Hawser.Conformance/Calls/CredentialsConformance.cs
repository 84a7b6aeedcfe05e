using System.Text;
using Hawser.Testing;

namespace Hawser.Conformance.Calls;

/// <summary>Credentials reach the server with every call and with every connection, and are renewed while both go on.</summary>
public abstract class CredentialsConformance(WireUnderTest wire) : CallConformance(wire)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Hours pass in one step here, in which no ping could be answered.</summary>
    private static readonly ConnectionLimits NoKeepAlive = new() { KeepAliveInterval = null };

    [Fact(Timeout = Hang)]
    public async Task Every_kind_of_call_has_its_credentials_and_the_provider_is_asked_once()
    {
        var asked = 0;
        await using var server = NewServer();
        var address = await ListenAsync(server);
        await using var channel = NewChannel(address, calls: (context, _) =>
        {
            Assert.Equal(address, context.Address);
            return new ValueTask<Credentials>(new Credentials(new Metadata().Add("authorization", $"Bearer {++asked}")));
        });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("Bearer 1", await channel.CallAsync<string>("Who/Unary"));
            await using var call = await channel.StartAsync(new Method("Who/Stream", Body.Empty, Body.Stream));
            Assert.True(await call.ReadAsync());
            Assert.Equal("\"Bearer 1\"", Encoding.UTF8.GetString(call.Message));
        }

        Assert.Equal(1, asked);
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_wait_for_their_first_credentials_together()
    {
        var asked = 0;
        var mayAnswer = new Signal();
        await using var server = NewServer();
        await using var channel = NewChannel(await ListenAsync(server), calls: async (_, _) =>
        {
            asked++;
            await mayAnswer.Fired;
            return new Credentials(new Metadata().Add("authorization", "late"));
        });
        var calls = Enumerable.Range(0, 20).Select(_ => channel.CallAsync<string>("Who/Unary").AsTask()).ToArray();
        Assert.DoesNotContain(calls, static call => call.IsCompleted);
        mayAnswer.Fire();
        Assert.All(await Task.WhenAll(calls), static who => Assert.Equal("late", who));
        Assert.Equal(1, asked);
    }

    [Fact(Timeout = Hang)]
    public async Task What_a_call_says_itself_is_left_to_it_and_the_rest_is_added()
    {
        await using var server = NewServer();
        await using var channel = NewChannel(
            await ListenAsync(server),
            calls: static (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("authorization", "channel").Add("tenant", "blue"))));
        server.Map("Who/Both", static (CallContext call) => $"{call.RequestMetadata["authorization"]} {call.RequestMetadata["tenant"]} {call.RequestMetadata["trace"]}");
        var options = new CallOptions { Metadata = new Metadata().Add("authorization", "call").Add("trace", "7") };
        Assert.Equal("call blue 7", await channel.CallAsync<string>("Who/Both", options));
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_credentials_are_renewed_before_they_expire_and_nobody_waits()
    {
        var time = new ManualTimeProvider(Start);
        var asked = 0;
        await using var server = NewServer();
        await using var channel = NewChannel(
            await ListenAsync(server),
            time: time,
            calls: (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("authorization", $"{++asked}"), time.GetUtcNow() + TimeSpan.FromMinutes(10))));
        Assert.Equal("1", await channel.CallAsync<string>("Who/Unary"));
        time.Advance(TimeSpan.FromMinutes(8.9));
        Assert.Equal("1", await channel.CallAsync<string>("Who/Unary"));
        Assert.Equal(1, asked);
        time.Advance(TimeSpan.FromMinutes(0.2));
        var who = await channel.CallAsync<string>("Who/Unary");
        while (who == "1")
            who = await channel.CallAsync<string>("Who/Unary");
        Assert.Equal(("2", 2), (who, asked));
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("3", await channel.CallAsync<string>("Who/Unary"));
    }

    [Fact(Timeout = Hang)]
    public async Task Calls_credentials_are_renewed_when_the_program_says_so()
    {
        var asked = 0;
        await using var server = NewServer();
        await using var channel = NewChannel(await ListenAsync(server), calls: (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("authorization", $"{++asked}"))));
        Assert.Equal("1", await channel.CallAsync<string>("Who/Unary"));
        await channel.RefreshCredentialsAsync();
        Assert.Equal("2", await channel.CallAsync<string>("Who/Unary"));
    }

    [Fact(Timeout = Hang)]
    public async Task A_provider_that_fails_ends_the_call_before_it_runs_and_the_next_call_asks_again()
    {
        Exception? failure = new InvalidOperationException("the secret is s3cr3t");
        await using var server = NewServer();
        var served = 0;
        server.Map("Test/Count", () => ++served);
        await using var channel = NewChannel(
            await ListenAsync(server),
            calls: (_, _) => failure is null ? new ValueTask<Credentials>(new Credentials(new Metadata().Add("authorization", "now"))) : throw failure);
        foreach (var (thrown, code) in new (Exception, StatusCode)[]
        {
            (failure, StatusCode.Unauthenticated),
            (new IOException("no token service"), StatusCode.Unavailable),
            (new RpcException(StatusCode.PermissionDenied, "not this program"), StatusCode.PermissionDenied),
        })
        {
            failure = thrown;
            var unary = await FailureOfAsync(channel.CallAsync<int>("Test/Count"));
            var streaming = await FailureOfAsync(channel.StartAsync(new Method("Who/Stream", Body.Empty, Body.Stream)));
            Assert.Equal((code, true, code, true), (unary.Code, unary.NotRun, streaming.Code, streaming.NotRun));
            Assert.DoesNotContain("s3cr3t", unary.Message, StringComparison.Ordinal);
        }

        failure = null;
        Assert.Equal(1, await channel.CallAsync<int>("Test/Count"));
        Assert.Equal(1, served);
    }

    [Fact(Timeout = Hang)]
    public async Task A_provider_that_hangs_ends_the_call_at_its_deadline_and_the_cancelled_one_at_once()
    {
        var time = new ManualTimeProvider(Start);
        await using var server = NewServer();
        await using var channel = NewChannel(await ListenAsync(server), time: time, calls: static async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return null!;
        });
        using var cancellation = new CancellationTokenSource();
        var late = channel.CallAsync<string>("Who/Unary", new CallOptions { Timeout = TimeSpan.FromSeconds(1) }).AsTask();
        var cancelled = channel.CallAsync<string>("Who/Unary", cancellation.Token).AsTask();
        var hangs = channel.CallAsync<string>("Who/Unary").AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), () => late.IsCompleted && hangs.IsCompleted);
        Assert.Equal(StatusCode.DeadlineExceeded, (await FailureOfAsync(late)).Code);
        var failure = await FailureOfAsync(hangs);
        Assert.Equal(StatusCode.Unavailable, failure.Code);
        Assert.Contains("within 10 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_says_who_it_is_from_the_start_and_says_it_anew_without_reconnecting()
    {
        SkipWithoutConnectionMetadata();
        var asked = 0;
        await using var server = NewServer();
        await using var channel = NewChannel(await ListenAsync(server), connections: (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("who", $"ann {++asked}"))));
        Assert.Equal("ann 1", await channel.CallAsync<string>("Who/Connection"));
        var connection = Assert.Single(server.Connections);
        await channel.RefreshCredentialsAsync();
        Assert.Equal("ann 2", await channel.CallAsync<string>("Who/Connection"));
        Assert.Same(connection, Assert.Single(server.Connections));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connections_credentials_are_renewed_before_they_expire()
    {
        SkipWithoutConnectionMetadata();
        var time = new ManualTimeProvider(Start);
        var asked = 0;
        await using var server = NewServer();
        await using var channel = NewChannel(await ListenAsync(server), time: time, connections: (_, _) =>
        {
            var turn = Interlocked.Increment(ref asked);
            return turn == 2 ? throw new IOException("no token service") : new ValueTask<Credentials>(new Credentials(new Metadata().Add("who", $"{turn}"), time.GetUtcNow() + TimeSpan.FromHours(1)));
        });
        Assert.Equal("1", await channel.CallAsync<string>("Who/Connection"));
        time.Advance(TimeSpan.FromMinutes(58));
        Assert.Equal("1", await channel.CallAsync<string>("Who/Connection"));
        time.Advance(TimeSpan.FromMinutes(1));
        await EventuallyAsync(() => Volatile.Read(ref asked) == 2);
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(10), () => Volatile.Read(ref asked) == 3);
        while (await channel.CallAsync<string>("Who/Connection") == "1")
            await Task.Yield();
        Assert.Equal("3", await channel.CallAsync<string>("Who/Connection"));
    }

    [Fact(Timeout = Hang)]
    public async Task New_metadata_counts_once_the_server_has_accepted_it_and_refusing_it_closes_the_connection_with_the_reason()
    {
        SkipWithoutConnectionMetadata();
        var asked = 0;
        var mayAccept = new Signal();
        await using var server = NewServer(changed: async (connection, metadata, _) =>
        {
            Assert.NotEqual(metadata["who"], connection.PeerMetadata["who"]);
            await mayAccept.Fired;
            if (metadata["who"] == "3")
                throw new RpcException(StatusCode.Unauthenticated, "the token is no longer known");
        });
        await using var channel = NewChannel(await ListenAsync(server), connections: (_, _) => new ValueTask<Credentials>(new Credentials(new Metadata().Add("who", $"{++asked}"))));
        Assert.Equal("1", await channel.CallAsync<string>("Who/Connection"));
        var connection = await channel.OpenAsync();
        await channel.RefreshCredentialsAsync();
        Assert.Equal("1", await channel.CallAsync<string>("Who/Connection"));
        mayAccept.Fire();
        while (await channel.CallAsync<string>("Who/Connection") == "1")
            await Task.Yield();
        var waiting = channel.CallAsync<string>("Test/Never").AsTask();
        await channel.RefreshCredentialsAsync();
        var failure = await FailureOfAsync(waiting);
        Assert.Contains("the token is no longer known", failure.Message, StringComparison.Ordinal);
        await EventuallyAsync(() => connection.Closed.IsCancellationRequested);
        Assert.Equal(StatusCode.Unauthenticated, ((Hawser.Frames.FrameConnection)connection).ClosedByPeer?.Code);
        Assert.Equal("4", await channel.CallAsync<string>("Who/Connection"));
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_without_credentials_is_not_made()
    {
        SkipWithoutConnectionMetadata();
        await using var server = NewServer();
        await using var channel = NewChannel(await ListenAsync(server), connections: static (_, _) => throw new InvalidOperationException("no key"));
        var failure = await FailureOfAsync(channel.CallAsync<string>("Who/Connection"));
        Assert.Equal((StatusCode.Unauthenticated, true), (failure.Code, failure.NotRun));
        Assert.Empty(server.Connections);
    }

    [Fact(Timeout = Hang)]
    public async Task A_wire_whose_connections_have_no_metadata_refuses_to_pretend()
    {
        if (Wire.HasConnectionMetadata)
            Assert.Skip("This wire has it.");
        await using var server = NewServer();
        var address = await ListenAsync(server);
        Assert.Throws<ArgumentException>(() => NewChannel(address, connections: static (_, _) => new ValueTask<Credentials>(new Credentials(Metadata.Empty))));
    }

    private static HawserServer MapWho(HawserServer server)
    {
        server.Map("Who/Unary", static (CallContext call) => call.RequestMetadata["authorization"]!);
        server.Map("Who/Stream", static (CallContext call) => new[] { call.RequestMetadata["authorization"]! }.ToAsyncEnumerable());
        server.Map("Who/Connection", static (CallContext call) => call.Connection.PeerMetadata["who"]!);
        server.Map("Test/Never", static async (CancellationToken cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return "";
        });
        return server;
    }

    private void SkipWithoutConnectionMetadata()
    {
        if (!Wire.HasConnectionMetadata)
            Assert.Skip("Connections of this wire have no metadata; that it says so is a test of its own.");
    }

    private HawserServer NewServer(Func<Connection, Metadata, CancellationToken, ValueTask>? changed = null) =>
        MapWho(new HawserServer(new HawserServerOptions { Wires = Wire.Wires, ConnectionMetadataChanged = changed, Limits = NoKeepAlive }));

    private async Task<string> ListenAsync(HawserServer server)
    {
        Wire.Transport.SkipWhereMissing();
        return (await server.ListenAsync(Wire.FreeAddress, Wire.Transport.ServerOptions)).OriginalString;
    }

    private HawserChannel NewChannel(string address, CredentialsProvider? calls = null, CredentialsProvider? connections = null, TimeProvider? time = null) =>
        HawserChannel.Connect(address, new HawserChannelOptions
        {
            CallCredentials = calls,
            ConnectionCredentials = connections,
            TimeProvider = time ?? TimeProvider.System,
            Transport = Wire.Transport.ClientOptions,
            Wires = Wire.Wires,
            Limits = NoKeepAlive,
        });
}
