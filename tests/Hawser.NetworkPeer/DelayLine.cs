using System.Threading.Channels;

namespace Hawser.NetworkPeer;

/// <summary>Carries the frames of one direction: loses some, and delays the others.</summary>
internal sealed class DelayLine(PacketSocket source, PacketSocket target, TimeSpan delay, double loss, int seed)
{
    private const int MostUnderway = 10_000;

    private readonly Random random = new(seed);
    private readonly Channel<(long Received, byte[] Frame)> underway = Channel.CreateBounded<(long, byte[])>(new BoundedChannelOptions(MostUnderway) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Whether no frame gets through, those included that are under way.</summary>
    public bool DropsEverything { get; set; }

    public void Start()
    {
        new Thread(ReceiveAll) { IsBackground = true }.Start();
        _ = SendAllAsync();
    }

    private void ReceiveAll()
    {
        var buffer = new byte[PacketSocket.MaxFrame];
        while (true)
        {
            var length = source.Receive(buffer);
            if (random.NextDouble() >= loss)
                underway.Writer.TryWrite((TimeProvider.System.GetTimestamp(), buffer[..length]));
        }
    }

    private async Task SendAllAsync()
    {
        await foreach (var (received, frame) in underway.Reader.ReadAllAsync())
        {
            // A timer may fire a little early.
            while (delay - TimeProvider.System.GetElapsedTime(received) is var left && left > TimeSpan.Zero)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), TimeProvider.System);
            if (!DropsEverything)
                target.Send(frame);
        }
    }
}
