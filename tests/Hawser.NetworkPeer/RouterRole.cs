namespace Hawser.NetworkPeer;

/// <summary>
/// Carries frames between two interfaces with delay and loss, for kernels that have no <c>netem</c>. Every line of its input is an order: <c>blackout</c> drops everything
/// from then on, <c>clear</c> nothing more than the loss rate says.
/// </summary>
internal static class RouterRole
{
    public static async Task<int> RunAsync(string one, string other, TimeSpan delay, double loss)
    {
        // Open until the process ends: their threads know no other end.
        var left = new PacketSocket(one);
        var right = new PacketSocket(other);
        var there = new DelayLine(left, right, delay, loss, seed: 1);
        var back = new DelayLine(right, left, delay, loss, seed: 2);
        there.Start();
        back.Start();
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } order)
        {
            there.DropsEverything = back.DropsEverything = order == "blackout";
            Console.WriteLine(order);
        }

        return 0;
    }
}
