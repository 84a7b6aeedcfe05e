using Hawser.Tests.Frames.Raw;
using Hawser.Transports;

namespace Hawser.Tests.Servers;

/// <summary>Raw connections beyond the limit, whose closing is drawn out.</summary>
public sealed class RawRefusalTests
{
    [Fact(Timeout = Hang)]
    public async Task A_refused_connection_that_does_not_close_keeps_nobody_waiting()
    {
        var transport = new RawTransport();
        var served = 0;
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var refused = new ReluctantConnection();
        await using var server = new HawserServer(new HawserServerOptions { Transports = [transport] });
        await server.ListenRawAsync(
            "raw:test",
            async (_, _) =>
            {
                Interlocked.Increment(ref served);
                await mayEnd.Task;
            },
            new RawListenOptions { MaxConnections = 1 });
        transport.Connect();
        await EventuallyAsync(() => Volatile.Read(ref served) == 1);
        transport.Connect(refused);
        await refused.Closing.Task;

        mayEnd.SetResult();
        await EventuallyAsync(() =>
        {
            // One that comes before the first has left is refused, too.
            transport.Connect();
            return Volatile.Read(ref served) > 1;
        });

        refused.MayClose.SetResult();
        transport.CutAll();
    }

    private sealed class ReluctantConnection : TransportConnection
    {
        internal TaskCompletionSource Closing { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource MayClose { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string RemoteAddress => "raw:reluctant";

        public override string LocalAddress => "raw:test";

        public override string RemoteHost => "reluctant";

        public override Lane FirstLane => throw new InvalidOperationException("It is refused.");

        public override async ValueTask DisposeAsync()
        {
            Closing.TrySetResult();
            await MayClose.Task;
        }
    }
}
