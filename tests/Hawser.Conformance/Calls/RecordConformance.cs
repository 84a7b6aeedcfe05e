using System.IO.Pipelines;
using System.Text;

namespace Hawser.Conformance.Calls;

/// <summary>Records over the octets of a call, with a length or a delimiter, acknowledged or not.</summary>
public abstract class RecordConformance(WireUnderTest wire) : CallConformance(wire)
{
    private static readonly RecordFraming Lengths = RecordFraming.LengthPrefixed(LengthPrefix.TwoBytesBigEndian);
    private static readonly RecordFraming Lines = RecordFraming.Delimited("\r\n"u8);

    [Theory(Timeout = Hang)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_go_there_and_back(bool delimited)
    {
        var framing = delimited ? Lines : Lengths;
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Records", async (PipeReader request, PipeWriter response) =>
        {
            var reader = new RecordReader(request, framing);
            var writer = new RecordWriter(response, framing);
            while (await reader.ReadAsync())
                await writer.WriteAsync(Encoding.ASCII.GetBytes($"{reader.Record.Length}"));
        });
        var sizes = new[] { 0, 1, 127, 128, 255, 256, 40_000, 65_535, 3 };
        var source = new Pipe();
        await using var reply = await peers.Channel.ExchangeAsync("Test/Records", source.Reader);
        var writer = new RecordWriter(source.Writer, framing);
        var reader = new RecordReader(reply.Reader, framing);
        foreach (var size in sizes)
        {
            writer.Write(Enumerable.Repeat((byte)'x', size).ToArray());
            _ = writer.FlushAsync().AsTask();
            Assert.True(await reader.ReadAsync());
            Assert.Equal($"{size}", Encoding.ASCII.GetString(reader.Record));
        }

        await source.Writer.CompleteAsync();
        Assert.False(await reader.ReadAsync());
    }

    [Theory(Timeout = Hang)]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    public async Task Every_record_is_acknowledged_with_its_bytes_when_the_next_is_asked_for(bool delimited, int overhead)
    {
        if (!Wire.Acknowledges)
            Assert.Skip("This wire has no acknowledgements.");
        var framing = delimited ? Lines : Lengths;
        await using var peers = await StartAsync();
        var handled = 0;
        peers.Server.Map("Test/Records", async (PipeReader request) =>
        {
            var reader = new RecordReader(request, framing);
            while (await reader.ReadAsync())
                handled++;
            return handled;
        });
        var count = await peers.Channel.UploadAsync<int>("Test/Records", async octets =>
        {
            var writer = new RecordWriter(octets, framing);
            var written = 0L;
            foreach (var (index, size) in new[] { 0, 1, 127, 128, 255, 256, 40_000, 3 }.Index())
            {
                Assert.True(await writer.WriteAsync(Enumerable.Repeat((byte)'x', size).ToArray()));
                written += size + overhead;
                Assert.Equal(written, (await writer.AcknowledgeAsync()).Bytes);
                Assert.Equal(index + 1, handled);
            }
        });
        Assert.Equal(8, count);
    }

    [Fact(Timeout = Hang)]
    public async Task A_record_over_the_limit_ends_its_call_with_a_sentence_and_no_other()
    {
        await using var peers = await StartAsync();
        peers.Server.Map("Test/Records", async (PipeReader request) =>
        {
            var reader = new RecordReader(request, RecordFraming.LengthPrefixed(), maxRecordSize: 1000);
            var count = 0;
            while (await reader.ReadAsync())
                count++;
            return count;
        });
        var failure = await FailureOfAsync(peers.Channel.UploadAsync<int>("Test/Records", new MemoryStream([0x7F, 0xFF, 0xFF, 0xFF])));
        Assert.Equal(StatusCode.ResourceExhausted, failure.Code);
        Assert.Contains("at most 1000", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await peers.Channel.UploadAsync<int>("Test/Records", new MemoryStream([0, 0, 0, 1, 7])));
    }
}
