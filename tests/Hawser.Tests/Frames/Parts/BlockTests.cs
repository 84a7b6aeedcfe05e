using Hawser.Frames;

namespace Hawser.Tests.Frames.Parts;

public sealed class BlockTests
{
    [Fact]
    public void A_block_belongs_to_all_who_refer_to_it()
    {
        var block = Block.Rent(Block.Small);
        Assert.True(block.IsUnshared);
        block.AddReference();
        Assert.False(block.IsUnshared);
        block.Release();
        Assert.True(block.IsUnshared);
        block.Release();
    }

    [Fact]
    public void A_pool_keeps_no_more_than_it_may_and_makes_what_it_lacks()
    {
        var made = 0;
        var pool = new Pool<object>(2, () =>
        {
            made++;
            return new object();
        });
        var items = Enumerable.Range(0, 5).Select(_ => pool.Rent()).ToArray();
        foreach (var item in items)
            pool.Return(item);
        Assert.Contains(pool.Rent(), items);
        Assert.Contains(pool.Rent(), items);
        Assert.DoesNotContain(pool.Rent(), items);
        Assert.Equal(6, made);
    }
}
