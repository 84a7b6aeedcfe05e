namespace Hawser.Conformance.Calls;

/// <summary>Bodies of every size around the edges of buffers, frames and windows arrive whole, both ways, one after another over one connection.</summary>
public abstract class BodySizesConformance(WireUnderTest wire) : CallConformance(wire)
{
    public static TheoryData<string> Windows => ["default windows", "smallest windows"];

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Windows))]
    public async Task Unary_messages(string windows)
    {
        await using var peers = await StartAsync(SettingsOf(windows));
        peers.Server.Map("Test/Echo", (byte[] message) => message);

        foreach (var size in Sizes.OfBodies)
        {
            var message = Pattern.Bytes(size);
            Assert.Equal(message, await peers.Channel.CallAsync<byte[], byte[]>("Test/Echo", message));
        }
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Windows))]
    public async Task Messages_of_a_stream(string windows)
    {
        await using var peers = await StartAsync(SettingsOf(windows));
        peers.Server.Map("Test/Echo", (IAsyncEnumerable<byte[]> messages) => messages);
        var sizes = Sizes.OfBodies.ToArray();

        var echoed = new List<int>();
        await foreach (var message in peers.Channel.StreamAsync<byte[], byte[]>("Test/Echo", Streams.Of(Array.ConvertAll(sizes, size => Pattern.Bytes(size)))))
        {
            Assert.Equal(Pattern.Bytes(message.Length), message);
            echoed.Add(message.Length);
        }

        Assert.Equal(sizes, echoed);
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Windows))]
    public async Task Octets_up(string windows)
    {
        await using var peers = await StartAsync(SettingsOf(windows));
        peers.Server.Map("Test/Upload", (Stream octets) => Pattern.ReadAsync(octets));

        foreach (var size in Sizes.OfBodies)
            Assert.Equal(size, await peers.Channel.UploadAsync<long>("Test/Upload", new PatternStream(size)));
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Windows))]
    public async Task Octets_down(string windows)
    {
        await using var peers = await StartAsync(SettingsOf(windows));
        peers.Server.Map("Test/Download", (int size) => (Stream)new PatternStream(size));

        foreach (var size in Sizes.OfBodies)
        {
            await using var reply = await peers.Channel.DownloadAsync("Test/Download", size);
            Assert.Equal(size, await Pattern.ReadAsync(reply.AsStream()));
        }
    }

    [Theory(Timeout = Hang)]
    [MemberData(nameof(Windows))]
    public async Task Octets_both_ways_after_a_message_each(string windows)
    {
        await using var peers = await StartAsync(SettingsOf(windows));
        peers.Server.Map("Test/Exchange", (byte[] message, Stream octets) => (message, octets));

        foreach (var size in Sizes.OfBodies)
        {
            var message = Pattern.Bytes(size, 1);
            await using var reply = await peers.Channel.ExchangeAsync<byte[], byte[]>("Test/Exchange", message, new PatternStream(size));
            Assert.Equal(message, reply.Reply);
            Assert.Equal(size, await Pattern.ReadAsync(reply.AsStream()));
        }
    }

    [Fact(Timeout = Hang)]
    public async Task One_way_messages()
    {
        await using var peers = await StartAsync();
        var arrived = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();
        peers.Server.Endpoints.MapOneWay("Test/Notify", (byte[] message) => Assert.True(arrived.Writer.TryWrite(message)));

        foreach (var size in Sizes.OfBodies)
        {
            var message = Pattern.Bytes(size);
            await peers.Channel.NotifyAsync("Test/Notify", message);
            Assert.Equal(message, await arrived.Reader.ReadAsync());
        }
    }

    private PeerSettings SettingsOf(string windows)
    {
        return windows == "default windows" ? new PeerSettings() : PeerSettings.With(Sizes.SmallWindows);
    }
}
