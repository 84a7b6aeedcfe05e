namespace Hawser.Protobuf.Tests;

/// <summary>Damages bytes as random errors and curious peers do: bits turned, bytes lost, doubled or replaced, the end cut off.</summary>
internal static class Damage
{
    internal static byte[] Apply(Random random, byte[] bytes)
    {
        var damaged = bytes.ToList();
        for (var i = random.Next(1, 5); i > 0 && damaged.Count > 0; i--)
        {
            var position = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0:
                    damaged[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged.RemoveAt(position);
                    break;
                case 2:
                    damaged.Insert(position, (byte)random.Next(256));
                    break;
                case 3:
                    damaged.InsertRange(position, damaged.GetRange(position, Math.Min(random.Next(20), damaged.Count - position)));
                    break;
                default:
                    damaged.RemoveRange(position, damaged.Count - position);
                    break;
            }
        }

        return [.. damaged];
    }
}
