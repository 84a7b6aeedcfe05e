using System.Buffers.Binary;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Load;

[Collection(LoadTests.Name)]
public sealed class MillionCallsTests
{
    private const int Tasks = 64;
    private const int CallsPerTask = 1_000_000 / Tasks;

    [Fact]
    public async Task A_million_calls_of_64_tasks_on_one_channel_each_get_their_own_reply()
    {
        await using var node = await RunningNode.StartAsync();
        await using var channel = HawserChannel.Connect(node.Tcp);
        var connection = await channel.OpenAsync();
        var tasks = Enumerable.Range(0, Tasks).Select(task => Task.Run(() => CallAsync(channel, task)));
        var rights = await Patience.ForAsync(Task.WhenAll(tasks), "a million replies", Patience.LongLimit);
        Assert.Equal(1_000_000, rights.Sum());
        Assert.Equal(1_000_000, connection.GetStatistics().CallsStarted);
        Assert.Equal(0, connection.GetStatistics().CallsInFlight);
    }

    private static async Task<int> CallAsync(HawserChannel channel, int task)
    {
        var request = new byte[sizeof(long)];
        var right = 0;
        for (var call = 0; call < CallsPerTask; call++)
        {
            var expected = ((long)task << 32) | (uint)call;
            BinaryPrimitives.WriteInt64LittleEndian(request, expected);
            var reply = await channel.CallAsync<byte[], byte[]>("Quickstart/Ping", request);
            if (reply.Length == sizeof(long) && BinaryPrimitives.ReadInt64LittleEndian(reply) == expected)
                right++;
        }

        return right;
    }
}
