using Hawser.Frames;

namespace Hawser.Tests.Frames.Parts;

public sealed class SendCreditTests
{
    [Fact]
    public void Those_who_wait_are_served_in_their_order_and_nobody_overtakes_them()
    {
        var credit = new SendCredit(10);
        var (first, second) = (Chunk(20), Chunk(5));
        credit.Wait(first);
        credit.Wait(second);
        Assert.False(credit.TryTake(1));
        credit.Grant(5);
        Assert.Null(credit.TakeReady());
        credit.Grant(5);
        Assert.Same(first, credit.TakeReady());
        Assert.Null(credit.TakeReady());
        credit.Grant(6);
        Assert.Same(second, credit.TakeReady());
        Assert.True(credit.TryTake(1));
        Assert.Equal(0, credit.Available);
    }

    [Fact]
    public void One_who_gives_up_waiting_lets_the_next_go()
    {
        var credit = new SendCredit(0);
        var chunks = new[] { Chunk(3), Chunk(2), Chunk(1) };
        foreach (var chunk in chunks)
            credit.Wait(chunk);
        Assert.True(credit.Remove(chunks[2]));
        Assert.True(credit.Remove(chunks[0]));
        Assert.False(credit.Remove(chunks[0]));
        credit.Grant(2);
        Assert.Same(chunks[1], credit.TakeReady());
        Assert.Null(credit.TakeReady());
    }

    [Fact]
    public void More_than_can_be_counted_is_refused()
    {
        var credit = new SendCredit(1);
        Assert.Throws<ProtocolViolationException>(() => credit.Grant(Varint.MaxValue));
        Assert.Equal(1, credit.Available);
    }

    private static OutboundChunk Chunk(int cost)
    {
        var chunk = new OutboundChunk();
        chunk.Prepare(default, default, cost);
        return chunk;
    }
}
