using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Hawser.Cli.Calls;
using Hawser.Testing;
using Hawser.Transports;
using Xunit;

namespace Hawser.Cli.Tests.Connecting;

/// <summary>Who is asked in which wire it speaks, on a machine that is slow.</summary>
public sealed class UnreachableReasonTests : IAsyncDisposable
{
    private static readonly CancellationToken TestEnd = TestContext.Current.CancellationToken;

    private readonly TestCertificates certificates = new();
    private readonly ManualTimeProvider clock = new();
    private readonly HawserServer server = new();
    private readonly TcpListener busy = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> callers = [];

    public UnreachableReasonTests() => busy.Start();

    public async ValueTask DisposeAsync()
    {
        busy.Dispose();
        callers.ForEach(caller => caller.Dispose());
        await server.DisposeAsync();
        certificates.Dispose();
    }

    [Fact(Timeout = Hang)]
    public async Task Who_takes_nine_seconds_to_answer_is_still_recognized()
    {
        var tls = new SslServerAuthenticationOptions { ServerCertificate = certificates.Issue("server") };
        var served = await server.ListenAsync("tls://localhost:0", new ServerTransportOptions { Tls = tls }, TestEnd);
        var asking = AskAsync(new RpcException(StatusCode.Unavailable, "The peer has hung up."));

        await AcceptAllAsync();
        clock.Advance(TimeSpan.FromSeconds(9));
        var passing = callers.ConvertAll(caller => PassOnAsync(caller, served.Port));

        Assert.Equal($"Hawser's wire without TLS is not spoken there, but Hawser's wire with TLS is; try tls://{busy.LocalEndpoint}.", await asking);
        await Task.WhenAll(passing);
    }

    [Fact(Timeout = Hang)]
    public async Task Who_hung_up_and_then_says_nothing_is_given_up_after_ten_seconds()
    {
        var asking = AskAsync(new RpcException(StatusCode.Unavailable, "The peer has hung up."));
        await AcceptAllAsync();
        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("The peer has hung up.", await asking);
    }

    [Fact(Timeout = Hang)]
    public async Task Who_has_said_nothing_before_is_given_up_after_two_seconds()
    {
        var asking = AskAsync(new RpcException(StatusCode.Unavailable, "It did not answer within 10 s (ConnectionLimits.HandshakeTimeout)."));
        await AcceptAllAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.StartsWith("It did not answer", await asking, StringComparison.Ordinal);
    }

    [Fact(Timeout = Hang)]
    public async Task Where_nobody_listens_nobody_is_asked()
    {
        var refused = new RpcException(new Status(StatusCode.Unavailable, "Nothing listens there."), null, new SocketException((int)SocketError.ConnectionRefused));
        Assert.Equal("Nothing listens there.", await AskAsync(refused));
    }

    [Fact(Timeout = Hang)]
    public async Task Who_cuts_the_connection_off_is_asked()
    {
        var asking = AskAsync(new RpcException(new Status(StatusCode.Unavailable, "It was cut."), null, new SocketException((int)SocketError.ConnectionReset)));
        await AcceptAllAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("It was cut.", await asking);
    }

    private Task<string> AskAsync(RpcException failure) =>
        UnreachableReason.OfAsync($"tcp://{busy.LocalEndpoint}", failure, new HawserChannelOptions { TimeProvider = clock }, TestEnd);

    /// <summary>Takes the connections of the three other wires, and says nothing on them.</summary>
    private async Task AcceptAllAsync()
    {
        while (callers.Count < 3)
            callers.Add(await busy.AcceptTcpClientAsync(TestEnd));
    }

    private static async Task PassOnAsync(TcpClient caller, int port)
    {
        using var passed = new TcpClient();
        await passed.ConnectAsync("localhost", port, TestEnd);
        await Task.WhenAny(CopyAsync(caller, passed), CopyAsync(passed, caller));
        caller.Close();
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), TestEnd);
        }
        catch (IOException)
        {
            // Either end has hung up, which is what the other is told by closing.
        }
    }
}
