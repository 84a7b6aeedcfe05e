namespace Hawser.Frames;

/// <summary>A MESSAGE frame where the lane read it.</summary>
/// <param name="Block">What it lies in.</param>
/// <param name="Start">Where the frame begins.</param>
/// <param name="PayloadStart">Where the message, or the piece of it, begins.</param>
/// <param name="EndOffset">Where both end.</param>
/// <param name="Flags">The frame's flags.</param>
/// <param name="Cost">What it costs of the credit; 0 for a small last message.</param>
internal readonly record struct DataFrame(Block Block, int Start, int PayloadStart, int EndOffset, FrameFlags Flags, int Cost)
{
    public ReadOnlySpan<byte> Payload => Block.Bytes.AsSpan(PayloadStart, EndOffset - PayloadStart);

    public bool HasMore => (Flags & FrameFlags.More) != 0;

    public bool IsEnd => (Flags & FrameFlags.End) != 0;
}
