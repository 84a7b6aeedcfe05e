using System.Buffers.Binary;

namespace Hawser.Grpc.Client;

/// <summary>Follows the frames that a server sends, and takes the answer to a ping of ours out of them. Source: RFC 9113, 4.1 and 6.7.</summary>
internal sealed class PingFilter
{
    private const int HeaderSize = 9;
    private const int PingSize = HeaderSize + 8;
    private const int TypeOffset = 3;
    private const byte GoAway = 7;

    // .NET's own pings count up from 1 and down from -1.
    private static readonly byte[] PingFrame = [0, 0, 8, 6, 0, 0, 0, 0, 0, .. "hawser\0\0"u8];
    private static readonly byte[] AnswerFrame = [0, 0, 8, 6, 1, 0, 0, 0, 0, .. "hawser\0\0"u8];

    private readonly byte[] header = new byte[HeaderSize];
    private readonly byte[] held = new byte[PingSize];
    private int headerCount;
    private int payloadLeft;

    /// <summary>The frame that is answered by what is taken out.</summary>
    internal static ReadOnlyMemory<byte> Ping => PingFrame;

    /// <summary>How many bytes are held back, since they may be the beginning of the answer.</summary>
    internal int HeldCount { get; private set; }

    /// <summary>Whether the server has sent a GOAWAY.</summary>
    internal bool IsGoingAway { get; private set; }

    /// <summary>Lets bytes pass.</summary>
    /// <param name="bytes">What came, behind what was held back; what passes is moved to the front.</param>
    /// <param name="isAwaited">Whether an answer is expected.</param>
    /// <param name="isAnswered">Whether it was among them.</param>
    /// <returns>How many bytes pass.</returns>
    internal int Pass(Span<byte> bytes, bool isAwaited, out bool isAnswered)
    {
        isAnswered = false;
        var passed = 0;
        var at = 0;
        while (at < bytes.Length)
        {
            if (isAwaited && payloadLeft == 0 && headerCount == 0 && CouldBeAnswer(bytes[at..]))
            {
                if (bytes.Length - at < PingSize)
                {
                    HeldCount = bytes.Length - at;
                    bytes[at..].CopyTo(held);
                    return passed;
                }

                at += PingSize;
                isAnswered = true;
                isAwaited = false;
                continue;
            }

            var count = Follow(bytes[at..]);
            if (at != passed)
                bytes.Slice(at, count).CopyTo(bytes[passed..]);
            at += count;
            passed += count;
        }

        return passed;
    }

    /// <summary>Gives back what is held.</summary>
    /// <returns>How much it was.</returns>
    internal int TakeHeld(Span<byte> buffer)
    {
        var count = HeldCount;
        held.AsSpan(0, count).CopyTo(buffer);
        HeldCount = 0;
        return count;
    }

    private static bool CouldBeAnswer(ReadOnlySpan<byte> bytes)
    {
        var size = Math.Min(bytes.Length, PingSize);
        return bytes[..size].SequenceEqual(AnswerFrame.AsSpan(0, size));
    }

    /// <summary>Goes on within a frame: to the end of its header, or of its payload.</summary>
    /// <returns>By how many bytes.</returns>
    private int Follow(ReadOnlySpan<byte> bytes)
    {
        if (payloadLeft > 0)
        {
            var payload = Math.Min(payloadLeft, bytes.Length);
            payloadLeft -= payload;
            return payload;
        }

        var count = Math.Min(HeaderSize - headerCount, bytes.Length);
        bytes[..count].CopyTo(header.AsSpan(headerCount));
        headerCount += count;
        if (headerCount == HeaderSize)
        {
            headerCount = 0;
            payloadLeft = (int)(BinaryPrimitives.ReadUInt32BigEndian(header) >> 8);
            IsGoingAway |= header[TypeOffset] == GoAway;
        }

        return count;
    }
}
