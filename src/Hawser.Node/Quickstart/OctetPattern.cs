namespace Hawser.Node.Quickstart;

/// <summary>
/// The octets that the quickstart service gives: the one at offset <c>i</c> is <c>i</c> modulo 251. A prime, so that a lost or doubled block of any usual size
/// shows. All calls share one block, so that a caller's wish sizes no allocation.
/// </summary>
internal static class OctetPattern
{
    public const int Period = 251;

    /// <summary>A little under 1 MiB, a multiple of the period: blocks can follow each other.</summary>
    public const int BlockLength = Period * 4096;

    private static readonly byte[] SharedBlock = Build();

    public static ReadOnlyMemory<byte> Block => SharedBlock;

    private static byte[] Build()
    {
        var block = new byte[BlockLength];
        for (var i = 0; i < block.Length; i++)
            block[i] = (byte)(i % Period);
        return block;
    }
}
