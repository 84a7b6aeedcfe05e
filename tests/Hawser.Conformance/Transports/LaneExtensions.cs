using Hawser.Transports;

namespace Hawser.Conformance.Transports;

internal static class LaneExtensions
{
    /// <summary>Reads until the end.</summary>
    public static async Task<byte[]> ReadToEndAsync(this Lane lane, int bufferSize = 64 * 1024)
    {
        using var all = new MemoryStream();
        var buffer = new byte[bufferSize];
        while (await lane.ReadAsync(buffer) is var count and > 0)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    /// <summary>Reads exactly so many bytes.</summary>
    public static async Task<byte[]> ReadExactlyAsync(this Lane lane, int count)
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
}
