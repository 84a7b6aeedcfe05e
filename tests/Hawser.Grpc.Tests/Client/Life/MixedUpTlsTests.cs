using System.Net;
using System.Net.Sockets;

namespace Hawser.Grpc.Tests.Client.Life;

/// <summary>One side speaks TLS and the other does not: the failure says which address would be right.</summary>
public sealed class MixedUpTlsTests : GrpcLifeTest
{
    [Fact(Timeout = Hang)]
    public async Task A_channel_without_tls_to_a_server_with_tls_is_told()
    {
        await ServeAsync("grpcs");

        AssertSays(await FailureAsync(Address.Replace("grpcs:", "grpc:", StringComparison.Ordinal)), "the address begins with grpcs://");
    }

    [Fact(Timeout = Hang)]
    public async Task A_channel_with_tls_to_a_server_without_tls_is_told()
    {
        await ServeAsync();

        AssertSays(await FailureAsync(Address.Replace("grpc:", "grpcs:", StringComparison.Ordinal)), "the address begins with grpc://");
    }

    [Theory(Timeout = Hang)]
    [InlineData("grpc", new byte[] { 0x15, 3, 1, 0, 2, 2, 70 }, "look like TLS, for which the address begins with grpcs://")]
    [InlineData("grpc", new byte[0], "if it speaks TLS, the address begins with grpcs://")]
    [InlineData("grpcs", new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }, "are none of TLS; without TLS, the address begins with grpc://")]
    [InlineData("grpcs", new byte[0], "If it speaks no TLS, the address begins with grpc://")]
    public async Task What_a_server_says_to_the_wrong_greeting_tells(string scheme, byte[] answer, string hint)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerAsync(listener, answer);

        AssertSays(await FailureAsync($"{scheme}://{listener.LocalEndpoint}"), hint);

        await serving;
    }

    [Fact(Timeout = Hang)]
    public async Task A_refused_certificate_is_no_mix_up()
    {
        await ServeAsync("grpcs");

        var failure = await FailureAsync(Address);

        Assert.Contains("was refused", failure.Status.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("grpc://", failure.Status.Text, StringComparison.Ordinal);
    }

    private static async Task<RpcException> FailureAsync(string address)
    {
        await using var channel = HawserChannel.Connect(address, new HawserChannelOptions { Wires = Wires() });
        return await FailAsync(channel);
    }

    private static async Task AnswerAsync(TcpListener listener, byte[] answer)
    {
        using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await socket.ReceiveAsync(new byte[1000], TestContext.Current.CancellationToken);
        await socket.SendAsync(answer, TestContext.Current.CancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        try
        {
            while (await socket.ReceiveAsync(new byte[1000], TestContext.Current.CancellationToken) > 0)
                continue;
        }
        catch (SocketException)
        {
            // Whoever has heard enough may reset the link.
        }
    }

    private static void AssertSays(RpcException failure, string hint)
    {
        Assert.Equal((StatusCode.Unavailable, true), (failure.Code, failure.NotRun));
        Assert.Contains(hint, failure.Status.Text, StringComparison.OrdinalIgnoreCase);
    }
}
