using Hawser.Grpc;
using Hawser.Interop.Tests.Languages;
using Hawser.Interop.Tests.Runs;

namespace Hawser.Interop.Tests;

/// <summary>Everybody's servers answer when a channel looks whether its connection lives, and take no offence at it.</summary>
public sealed class NetworkChangedTests
{
    private static readonly Method EmptyCall = new("grpc.testing.TestService/EmptyCall") { Codec = "proto" };

    public static TheoryData<string> Languages => [.. AllLanguages.Foreign.Select(static language => language.Name)];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_connection_to_a_foreign_server_that_is_looked_after_goes_on(string name)
    {
        var language = AllLanguages.Named(name);
        await SharedRuns.SkipIfMissingAsync(language);
        await using var server = await ServerProgram.StartAsync(language);
        await using var channel = HawserChannel.Connect($"grpc://127.0.0.1:{server.Port}", new HawserChannelOptions { Wires = [new GrpcWire()] });
        var connection = await channel.OpenAsync(TestContext.Current.CancellationToken);

        for (var round = 0; round < 5; round++)
        {
            var received = connection.GetStatistics().BytesReceived;
            channel.NetworkChanged();
            while (connection.GetStatistics().BytesReceived == received)
                await Task.Yield();
            await AssertAnsweredAsync(channel);
        }

        Assert.False(connection.Closed.IsCancellationRequested);
        Assert.Same(connection, await channel.OpenAsync(TestContext.Current.CancellationToken));
    }

    private static async Task AssertAnsweredAsync(HawserChannel channel)
    {
        await using var call = await channel.StartAsync(EmptyCall);
        await call.WriteAsync(default);
        await call.CompleteAsync();
        while (await call.ReadAsync())
            continue;
        Assert.True(call.Status!.IsOk, call.Status.ToString());
    }
}
