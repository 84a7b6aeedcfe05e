using System.Numerics;
using System.Runtime.InteropServices;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

/// <summary>300 MiB of random bytes in a file, with their CRC-32C as this project, not the product, computes it.</summary>
public sealed class LargeFile : IDisposable
{
    public const long Length = 300L * 1024 * 1024;

    private const int BlockLength = 1024 * 1024;
    private const int Seed = 4772;

    private readonly TemporaryDirectory directory = new();

    public LargeFile()
    {
        var random = new Random(Seed);
        var block = new byte[BlockLength];
        var crc = uint.MaxValue;
        using var stream = File.Create(Path);
        for (long written = 0; written < Length; written += BlockLength)
        {
            random.NextBytes(block);
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(block))
                crc = BitOperations.Crc32C(crc, word);
            stream.Write(block);
        }

        Crc32c = (~crc).ToString("x8");
    }

    public string Path => directory.File("large.bin");

    public string Crc32c { get; }

    public void Dispose() => directory.Dispose();
}
