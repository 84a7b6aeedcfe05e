using Hawser.Transports;

namespace Hawser.Testing.Tests;

/// <summary>Both sides of an in-process link; the client's has the network before it.</summary>
public sealed class BareLink : IAsyncDisposable
{
    private BareLink(TransportConnection client, TransportConnection server, SimulatedLink simulated)
    {
        Client = client;
        Server = server;
        Simulated = simulated;

        // What the server sends is on its way only once the client's side looks.
        _ = client.FirstLane;
    }

    public TransportConnection Client { get; }

    public TransportConnection Server { get; }

    public SimulatedLink Simulated { get; }

    public Lane ClientLane => Client.FirstLane;

    public Lane ServerLane => Server.FirstLane;

    public static async Task<BareLink> MakeAsync(SimulatedNetwork network)
    {
        var transport = network.Transports.Single(static one => one.Scheme == "inproc");
        await using var listener = await transport.ListenAsync(new Uri($"inproc:{Guid.NewGuid():N}"), new ServerTransportOptions(), default);
        var accepting = listener.AcceptAsync(default);
        var client = await transport.ConnectAsync(listener.Address, new ClientTransportOptions(), default);
        return new BareLink(client, (await accepting)!, network.Links[^1]);
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public static async Task<byte[]> ReadAsync(Lane lane, int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var read = await lane.ReadAsync(bytes.AsMemory(got));
            Assert.NotEqual(0, read);
            got += read;
        }

        return bytes;
    }

    /// <summary>Reads until the lane ends or fails.</summary>
    /// <returns>The bytes, and the failure.</returns>
    public static async Task<(byte[] Bytes, Exception? Failure)> ReadAllAsync(Lane lane)
    {
        using var all = new MemoryStream();
        var buffer = new byte[10_000];
        var failure = await Record.ExceptionAsync(async () =>
        {
            while (await lane.ReadAsync(buffer) is var count and > 0)
                all.Write(buffer, 0, count);
        });
        return (all.ToArray(), failure);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
