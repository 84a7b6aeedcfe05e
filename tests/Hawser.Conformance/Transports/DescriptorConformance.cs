namespace Hawser.Conformance.Transports;

/// <summary>Counts what the whole process has open, and so runs alone.</summary>
[Collection(Alone.Name)]
public abstract class DescriptorConformance(TransportUnderTest transport) : IDisposable
{
    private const string Descriptors = "/proc/self/fd";

    [Fact(Timeout = Hang)]
    public async Task A_thousand_links_leave_no_descriptor_open()
    {
        Assert.SkipUnless(Directory.Exists(Descriptors), "Only Linux shows a process's open descriptors as files.");
        await using var listener = await transport.ListenAsync();
        await LinkAndCloseAsync(listener, 10);
        var before = Count();

        await LinkAndCloseAsync(listener, 1_000);

        Assert.InRange(Count(), 0, before + 20);
    }

    private async Task LinkAndCloseAsync(Hawser.Transports.TransportListener listener, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await using var link = await transport.LinkAsync(listener);
            var reading = link.ServerLane.ReadAsync(new byte[8]);
            await link.ClientLane.WriteAsync(new byte[8]);
            await reading;
        }
    }

    private static int Count() => Directory.GetFileSystemEntries(Descriptors).Length;

    public void Dispose()
    {
        transport.Dispose();
        GC.SuppressFinalize(this);
    }
}
