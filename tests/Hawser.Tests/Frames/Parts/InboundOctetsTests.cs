using System.Buffers;
using Hawser.Frames;

namespace Hawser.Tests.Frames.Parts;

public sealed class InboundOctetsTests
{
    private readonly FrameLane lane = LaneFixture.Create();
    private readonly InboundOctets octets;
    private bool abandoned;

    public InboundOctetsTests() => octets = new InboundOctets(lane, new CallCredit(lane, 1), () => abandoned = true);

    [Fact]
    public void What_is_examined_and_not_consumed_comes_again_with_more()
    {
        Add(1, 2, 3);
        Assert.True(octets.TryRead(out var read));
        octets.AdvanceTo(read.Buffer.GetPosition(1), read.Buffer.End);
        Assert.False(octets.TryRead(out _));
        Add(4);
        Assert.Equal([2, 3, 4], Read());
    }

    [Fact]
    public void What_is_not_examined_comes_again_at_once()
    {
        Add(1, 2, 3);
        Assert.True(octets.TryRead(out var read));
        octets.AdvanceTo(read.Buffer.GetPosition(1));
        Assert.Equal([2, 3], Read());
    }

    [Fact]
    public void Positions_may_lie_in_any_segment()
    {
        AddLarge(20_000, 1);
        AddLarge(20_000, 2);
        Add(3);
        Assert.True(octets.TryRead(out var read));
        Assert.Equal(40_001, read.Buffer.Length);
        octets.AdvanceTo(read.Buffer.GetPosition(20_005), read.Buffer.GetPosition(40_000));
        Assert.True(octets.TryRead(out read));
        Assert.Equal(19_996, read.Buffer.Length);
        Assert.Equal(2, read.Buffer.FirstSpan[0]);
        octets.AdvanceTo(read.Buffer.End);
        Assert.False(octets.TryRead(out _));
    }

    [Fact]
    public async Task Every_byte_comes_once_however_it_is_cut()
    {
        var random = new Random(7);
        var expected = new List<byte>();
        var seen = new List<byte>();
        for (var i = 0; i < 2000; i++)
        {
            var piece = new byte[random.Next(1, 12_000)];
            random.NextBytes(piece);
            expected.AddRange(piece);
            Add(piece);
            if (!octets.TryRead(out var read))
                continue;
            var consumed = random.Next((int)read.Buffer.Length + 1);
            seen.AddRange(read.Buffer.Slice(0, consumed).ToArray());
            octets.AdvanceTo(read.Buffer.GetPosition(consumed), read.Buffer.GetPosition(random.Next(consumed, (int)read.Buffer.Length + 1)));
        }

        End(null);
        var last = await octets.ReadAsync();
        Assert.True(last.IsCompleted);
        seen.AddRange(last.Buffer.ToArray());
        Assert.True(expected.SequenceEqual(seen));
    }

    [Fact]
    public async Task A_failure_comes_after_the_bytes_that_did_arrive()
    {
        Add(1, 2);
        End(new Status(StatusCode.Aborted, "enough"));
        var read = await octets.ReadAsync();
        Assert.False(read.IsCompleted);
        octets.AdvanceTo(read.Buffer.End);
        Assert.Equal(StatusCode.Aborted, (await Assert.ThrowsAsync<RpcException>(async () => await octets.ReadAsync())).Code);
    }

    [Fact]
    public async Task A_cancelled_read_returns_and_the_next_goes_on()
    {
        var pending = octets.ReadAsync().AsTask();
        octets.CancelPendingRead();
        Assert.True((await pending).IsCanceled);
        Add(9);
        Assert.Equal([9], Read());
    }

    [Fact]
    public void A_reader_that_completes_before_the_end_gives_the_call_up()
    {
        Add(1);
        octets.Complete();
        Assert.True(abandoned);
        Assert.Throws<ObjectDisposedException>(() => octets.TryRead(out _));
    }

    [Fact]
    public void A_reader_that_completes_after_the_end_gives_nothing_up()
    {
        End(null);
        octets.Complete();
        Assert.False(abandoned);
    }

    private byte[] Read()
    {
        Assert.True(octets.TryRead(out var read));
        var bytes = read.Buffer.ToArray();
        octets.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    private void AddLarge(int size, byte value) => Add(Enumerable.Repeat(value, size).ToArray());

    private void Add(params byte[] bytes)
    {
        var block = Block.Rent(bytes.Length <= Block.Small ? Block.Small : Block.Medium);
        bytes.CopyTo(block.Bytes, 0);
        var batch = lane.Output.Dispatcher.RentBatch();
        octets.Add(block, 0, bytes.Length, batch);
        lane.Output.Dispatcher.AddAndRequest(batch);
        block.Release();
    }

    private void End(Status? status)
    {
        var batch = lane.Output.Dispatcher.RentBatch();
        octets.End(status, null, notRun: false, batch);
        lane.Output.Dispatcher.AddAndRequest(batch);
    }
}
