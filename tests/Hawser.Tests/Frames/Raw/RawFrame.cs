using System.Text;
using Hawser.Frames;

namespace Hawser.Tests.Frames.Raw;

/// <summary>A frame as a peer sees it that trusts nothing but <c>docs/wire.md</c>.</summary>
internal sealed record RawFrame(FrameType Type, FrameFlags Flags, byte[] Body)
{
    /// <summary>The numbers at the start of the body, as many as are asked for.</summary>
    public ulong[] Numbers(int count)
    {
        var numbers = new ulong[count];
        var at = 0;
        for (var i = 0; i < count; i++)
            at += FrameBytes.ReadNumber(Body.AsSpan(at), out numbers[i]);
        return numbers;
    }

    /// <summary>What stands behind so many numbers.</summary>
    public byte[] After(int numbers)
    {
        var at = 0;
        for (var i = 0; i < numbers; i++)
            at += FrameBytes.ReadNumber(Body.AsSpan(at), out _);
        return Body[at..];
    }

    /// <summary>The text that stands behind so many numbers, its length before it.</summary>
    public string Text(int numbers)
    {
        var rest = After(numbers);
        var size = FrameBytes.ReadNumber(rest, out var length);
        return Encoding.UTF8.GetString(rest, size, (int)length);
    }
}
