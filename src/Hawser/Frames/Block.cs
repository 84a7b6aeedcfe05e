namespace Hawser.Frames;

/// <summary>A pooled piece of memory that a lane reads into, shared by all who still need bytes of it: the last one to release it gives it back.</summary>
internal sealed class Block
{
    /// <summary>What a quiet connection holds.</summary>
    public const int Small = 2 * 1024;

    /// <summary>What a busy one reads into.</summary>
    public const int Medium = 64 * 1024;

    /// <summary>What bulk is read into and written from.</summary>
    public const int Large = 128 * 1024;

    private static readonly Pool<Block> SmallBlocks = new(2048, static () => new Block(Small));
    private static readonly Pool<Block> MediumBlocks = new(128, static () => new Block(Medium));
    private static readonly Pool<Block> LargeBlocks = new(64, static () => new Block(Large));

    private int references;

    private Block(int size) => Bytes = GC.AllocateUninitializedArray<byte>(size, pinned: size > Small);

    public byte[] Bytes { get; }

    public int Size => Bytes.Length;

    /// <summary>Whether the holder is the only one, so that what was read into it may be overwritten.</summary>
    public bool IsUnshared => Volatile.Read(ref references) == 1;

    /// <summary>Takes a block of one of the three sizes, with one reference, the taker's.</summary>
    public static Block Rent(int size)
    {
        var block = PoolOf(size).Rent();
        block.references = 1;
        return block;
    }

    public void AddReference() => Interlocked.Increment(ref references);

    public void Release()
    {
        var left = Interlocked.Decrement(ref references);
        ObjectDisposedException.ThrowIf(left < 0, this);
        if (left == 0)
            PoolOf(Bytes.Length).Return(this);
    }

    private static Pool<Block> PoolOf(int size) => size switch
    {
        Small => SmallBlocks,
        Medium => MediumBlocks,
        _ => LargeBlocks,
    };
}
