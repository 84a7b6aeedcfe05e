using Hawser.Tests.Frames.Raw;

namespace Hawser.Tests.Frames.Fuzzing;

/// <summary>Makes inputs of all kinds from a seeded source: random, mutated, truncated, interleaved.</summary>
internal static class Mutation
{
    private static readonly byte[] Edges = [0x00, 0x01, 0x3F, 0x40, 0x7F, 0x80, 0xBF, 0xC0, 0xFF];

    public static byte[] Next(Random random, byte[][][] conversations)
    {
        var kind = random.Next(10);
        if (kind == 0)
            return RandomBytes(random, random.Next(200));
        var frames = conversations[random.Next(conversations.Length)].ToList();
        if (kind <= 3)
            Interleave(random, frames, conversations[random.Next(conversations.Length)]);
        for (var times = random.Next(3); times > 0; times--)
            ChangeOrder(random, frames);
        if (random.Next(4) == 0)
            frames.Insert(random.Next(frames.Count + 1), RandomFrame(random));
        var bytes = FrameBytes.Join(frames);
        for (var times = random.Next(4); times > 0 && bytes.Length > 0; times--)
            bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? Edges[random.Next(Edges.Length)] : (byte)random.Next(256);
        return random.Next(5) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    private static void Interleave(Random random, List<byte[]> frames, byte[][] others)
    {
        var at = 0;
        foreach (var other in others)
        {
            at = random.Next(at, frames.Count + 1);
            frames.Insert(at, other);
        }
    }

    private static void ChangeOrder(Random random, List<byte[]> frames)
    {
        if (frames.Count == 0)
            return;
        var (one, other) = (random.Next(frames.Count), random.Next(frames.Count));
        switch (random.Next(3))
        {
            case 0:
                (frames[one], frames[other]) = (frames[other], frames[one]);
                break;
            case 1:
                frames.RemoveAt(one);
                break;
            default:
                frames.Insert(other, frames[one]);
                break;
        }
    }

    private static byte[] RandomFrame(Random random)
    {
        var body = RandomBytes(random, random.Next(40));
        return [(byte)random.Next(256), .. FrameBytes.Number((ulong)body.Length), .. body];
    }

    private static byte[] RandomBytes(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }
}
