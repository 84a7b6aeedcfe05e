using System.Text;
using Hawser.Conformance.Calls;
using Hawser.Testing;

namespace Hawser.Conformance.Transports;

/// <summary>Raw connections: the bytes of a transport, and nothing else, in both directions.</summary>
public abstract class RawConformance(TransportUnderTest transport) : IDisposable
{
    /// <summary>Whether the other side can tell an abort from an end.</summary>
    protected virtual bool TellsAborts => true;

    /// <summary>Whether the side that serves can send before it has been sent anything.</summary>
    protected virtual bool ServerMaySpeakFirst => true;

    [Fact(Timeout = Hang)]
    public async Task Not_a_byte_is_added_or_lost_either_way()
    {
        await using var server = new HawserServer();
        var address = await ListenAsync(server, async (connection, _) =>
        {
            // The protocol of this handler: what comes goes back, and its number behind it.
            var count = 0L;
            while (await connection.Input.ReadAsync(CancellationToken.None) is var read && !(read.IsCompleted && read.Buffer.IsEmpty))
            {
                foreach (var part in read.Buffer)
                    await connection.Output.WriteAsync(part, CancellationToken.None);
                count += read.Buffer.Length;
                connection.Input.AdvanceTo(read.Buffer.End);
            }

            await connection.Output.WriteAsync(Encoding.ASCII.GetBytes($"|{count}"), CancellationToken.None);
        });
        await using var client = await ConnectAsync(address);
        var sent = Pattern.Bytes(3_000_000);
        var sending = SendAsync(client, sent);
        using var copy = new MemoryStream();
        await client.Input.CopyToAsync(copy);
        await sending;
        Assert.Equal([.. sent, .. "|3000000"u8], copy.ToArray());
    }

    [Fact(Timeout = Hang)]
    public async Task The_side_that_serves_may_speak_first_and_the_end_of_its_handler_ends_the_connection()
    {
        SkipIfServerMustWait();
        await using var server = new HawserServer();
        var address = await ListenAsync(server, static async (connection, _) => await connection.Output.WriteAsync("220 ready\r\n"u8.ToArray(), CancellationToken.None));
        await using var client = await ConnectAsync(address);
        var reader = new RecordReader(client.Input, RecordFraming.Delimited("\r\n"u8));
        Assert.True(await reader.ReadAsync());
        Assert.Equal("220 ready", Encoding.ASCII.GetString(reader.Record));
        Assert.False(await reader.ReadAsync());
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_that_fails_is_no_clean_end()
    {
        await using var server = new HawserServer();
        var address = await ListenAsync(server, static async (connection, _) =>
        {
            await connection.Input.ReadAsync(CancellationToken.None);
            throw new InvalidOperationException("broken");
        });
        await using var client = await ConnectAsync(address);
        await client.Output.WriteAsync("x"u8.ToArray());
        var read = await Record.ExceptionAsync(async () =>
        {
            while (!(await client.Input.ReadAsync()).IsCompleted)
                continue;
        });
        if (TellsAborts)
            Assert.IsType<IOException>(read, exactMatch: false);
        await using var another = await ConnectAsync(address);
    }

    [Theory(Timeout = Hang)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_output_that_is_completed_with_an_exception_is_no_clean_end(bool isOfInput)
    {
        await using var server = new HawserServer();
        var address = await ListenAsync(server, async (connection, _) =>
        {
            await connection.Input.ReadAsync(CancellationToken.None);
            await connection.Output.WriteAsync("half"u8.ToArray(), CancellationToken.None);
            await connection.Output.CompleteAsync(isOfInput ? new IOException("the file is broken") : new InvalidOperationException("broken"));
        });
        await using var client = await ConnectAsync(address);
        await client.Output.WriteAsync("x"u8.ToArray());
        var read = await Record.ExceptionAsync(async () =>
        {
            while (await client.Input.ReadAsync() is { IsCompleted: false } some)
                client.Input.AdvanceTo(some.Buffer.End);
        });
        if (TellsAborts)
            Assert.IsType<IOException>(read, exactMatch: false);
        await using var another = await ConnectAsync(address);
    }

    [Fact(Timeout = Hang)]
    public async Task A_connection_whose_output_has_failed_is_closed_when_it_is_disposed()
    {
        var served = new Signal();
        var noticed = new Signal();
        await using var server = new HawserServer();
        var address = await ListenAsync(server, async (connection, _) =>
        {
            await Record.ExceptionAsync(async () =>
            {
                while (await connection.Input.ReadAsync(CancellationToken.None) is { IsCompleted: false } some)
                {
                    connection.Input.AdvanceTo(some.Buffer.End);
                    served.Fire();
                }
            });
            noticed.Fire();
        });
        var client = await ConnectAsync(address);
        await client.Output.WriteAsync("x"u8.ToArray());

        // One that is aborted before the server has finished its handshake has no handler.
        await served.Fired;
        await client.Output.CompleteAsync(new InvalidOperationException("broken"));

        await client.DisposeAsync();

        await noticed.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task A_peer_that_aborts_fires_the_token_of_a_handler_that_does_not_read()
    {
        if (!TellsAborts)
            Assert.Skip("Over this transport an abort looks like an end.");
        var noticed = new Signal();
        var started = new Signal();
        await using var server = new HawserServer();
        var address = await ListenAsync(server, async (_, cancellationToken) =>
        {
            started.Fire();
            await using var registration = cancellationToken.Register(noticed.Fire);
            await noticed.Fired;
        });
        await using var client = await ConnectAsync(address);
        await started.Fired;
        client.Abort();
        await noticed.Fired;
    }

    [Fact(Timeout = Hang)]
    public async Task Connections_over_the_limit_are_closed_and_others_go_on()
    {
        SkipIfServerMustWait();
        var release = new Signal();
        await using var server = new HawserServer();
        var address = await ListenAsync(server, async (connection, _) =>
        {
            await connection.Output.WriteAsync("x"u8.ToArray(), CancellationToken.None);
            await release.Fired;
        }, maxConnections: 1);
        await using var first = await ConnectAsync(address);
        var byFirst = await first.Input.ReadAsync();
        Assert.Equal(1, byFirst.Buffer.Length);
        first.Input.AdvanceTo(byFirst.Buffer.End);
        var refused = await Record.ExceptionAsync(async () =>
        {
            await using var second = await ConnectAsync(address);
            var read = await second.Input.ReadAsync();
            Assert.True(read is { IsCompleted: true, Buffer.IsEmpty: true });
        });
        Assert.True(refused is null or IOException or RpcException { Code: StatusCode.Unavailable }, refused?.ToString());
        release.Fire();
        Assert.True((await first.Input.ReadAsync()).IsCompleted);
    }

    [Fact(Timeout = Hang)]
    public async Task A_stopping_server_tells_its_handlers_and_waits_for_them()
    {
        SkipIfServerMustWait();
        var started = new Signal();
        await using var server = new HawserServer();
        var address = await ListenAsync(server, async (connection, cancellationToken) =>
        {
            started.Fire();
            var told = new Signal();
            await using var registration = cancellationToken.Register(told.Fire);
            await told.Fired;
            await connection.Output.WriteAsync("bye"u8.ToArray(), CancellationToken.None);
        });
        await using var client = await ConnectAsync(address);
        await started.Fired;
        var stopping = server.StopAsync(TimeSpan.FromSeconds(30));
        using var copy = new MemoryStream();
        await client.Input.CopyToAsync(copy);
        Assert.Equal("bye"u8.ToArray(), copy.ToArray());
        await stopping;
    }

    [Fact(Timeout = Hang)]
    public async Task A_handler_that_does_not_end_is_cut_off_after_the_drain()
    {
        var time = new ManualTimeProvider();
        var started = new Signal();
        var never = new Signal();
        await using var server = new HawserServer(new HawserServerOptions { TimeProvider = time });
        var address = await ListenAsync(server, async (_, _) =>
        {
            started.Fire();
            await never.Fired;
        });
        await using var client = await ConnectAsync(address);
        await started.Fired;
        var stopping = server.StopAsync(TimeSpan.FromSeconds(5));
        await RepeatUntilAsync(() => time.Advance(TimeSpan.FromSeconds(1)), () => stopping.IsCompleted);

        await stopping;
        await Record.ExceptionAsync(async () =>
        {
            while (!(await client.Input.ReadAsync()).IsCompleted)
                continue;
        });
        never.Fire();
    }

    [Fact(Timeout = Hang)]
    public async Task Both_sides_know_their_addresses()
    {
        var addresses = new TaskCompletionSource<(string Remote, string Local)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new HawserServer();
        var address = await ListenAsync(server, (connection, _) =>
        {
            addresses.SetResult((connection.RemoteAddress, connection.LocalAddress));
            return Task.CompletedTask;
        });
        Assert.Contains(new Uri(address), server.Addresses);
        await using var client = await ConnectAsync(address);
        var (remote, local) = await addresses.Task;
        Assert.StartsWith(new Uri(address).Scheme, remote, StringComparison.Ordinal);
        Assert.Equal((client.LocalAddress, client.RemoteAddress), (remote, local));
    }

    private void SkipIfServerMustWait()
    {
        if (!ServerMaySpeakFirst)
            Assert.Skip("Over this transport the server learns of the connection's lane with the client's first bytes.");
    }

    public void Dispose()
    {
        transport.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task SendAsync(RawConnection client, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += 100_000)
            await client.Output.WriteAsync(bytes.AsMemory(at, Math.Min(100_000, bytes.Length - at)));
        await client.Output.CompleteAsync();
    }

    private async Task<string> ListenAsync(HawserServer server, Func<RawConnection, CancellationToken, Task> handler, int maxConnections = 1000)
    {
        transport.SkipWhereMissing();
        return (await server.ListenRawAsync(transport.FreeAddress, handler, new RawListenOptions { Transport = transport.ServerOptions, MaxConnections = maxConnections })).OriginalString;
    }

    private async Task<RawConnection> ConnectAsync(string address) => await RawConnection.ConnectAsync(address, new RawConnectOptions { Transport = transport.ClientOptions });
}

public sealed class TcpRaw() : RawConformance(new Tcp());

public sealed class TlsRaw() : RawConformance(new Tls());

public sealed class UnixRaw() : RawConformance(new Unix())
{
    protected override bool TellsAborts => false;
}

public sealed class InProcessRaw() : RawConformance(new InProcess());

public sealed class QuicRaw() : RawConformance(new Quic())
{
    protected override bool ServerMaySpeakFirst => false;
}
