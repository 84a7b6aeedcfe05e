using Hawser.Frames;

namespace Hawser.Tests.Frames.Parts;

public sealed class LaneOutputTests
{
    private readonly GatedLane lane = new();
    private readonly LaneOutput output;

    public LaneOutputTests() => output = new LaneOutput(lane);

    [Fact]
    public void What_comes_while_a_write_is_under_way_leaves_together_in_order()
    {
        Append(1);
        output.Flush();
        Append(2);
        output.Flush();
        Append(3);
        output.Flush();
        lane.Release();
        lane.Release();
        Assert.Equal(["01", "0203"], lane.Log);
        Assert.Equal(3, output.BytesSent);
    }

    [Fact]
    public async Task Small_frames_leave_before_bulk_and_the_end_after_the_last_byte()
    {
        Append(1);
        output.Flush();
        var chunk = AddBulk(0xB0);
        Append(2);
        var ended = output.CompleteAsync();
        Assert.False(ended.IsCompleted);
        lane.Release();
        lane.Release();
        await ended;
        Assert.Equal(["01", "02B0", "end"], lane.Log);
        Assert.True(await chunk.AsValueTask());
    }

    [Fact]
    public async Task A_failed_write_ends_every_chunk_once_and_is_told_once()
    {
        var told = 0;
        output.Failed = _ => told++;
        Append(1);
        var sending = AddBulk(0xB1);
        output.Flush();
        var waiting = AddBulk(0xB2);
        lane.Fail();
        Assert.False(await sending.AsValueTask());
        Assert.False(await waiting.AsValueTask());
        output.Close();
        Assert.Equal(1, told);
        Assert.Equal(["01B1"], lane.Log);
    }

    [Fact]
    public async Task Closing_gives_up_what_waits()
    {
        Append(1);
        output.Flush();
        var waiting = AddBulk(0xB2);
        output.Close();
        Append(2);
        lane.Release();
        Assert.False(await waiting.AsValueTask());
        Assert.Equal(["01"], lane.Log);
    }

    private void Append(byte value)
    {
        lock (output.Gate)
        {
            output.GetSpan(1)[0] = value;
            output.Advance(1);
        }
    }

    private OutboundChunk AddBulk(byte value)
    {
        var chunk = new OutboundChunk();
        chunk.Prepare(new ArraySegment<byte>([value]), default, 1);
        lock (output.Gate)
        {
            output.AddBulk(chunk);
        }

        return chunk;
    }
}
