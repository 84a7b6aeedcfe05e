using Hawser.Transports;

namespace Hawser.Tests.Frames.Parts;

/// <summary>A lane whose writes end when the test says so.</summary>
internal sealed class GatedLane : Lane
{
    private TaskCompletionSource? write;

    /// <summary>What was written, one entry per write, and <c>end</c> for the end.</summary>
    public List<string> Log { get; } = [];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer) => new(new TaskCompletionSource<int>().Task);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Log.Add(Convert.ToHexString(bytes.Span));
        write = new TaskCompletionSource();
        return new ValueTask(write.Task);
    }

    public override ValueTask WriteAsync(IList<ArraySegment<byte>> buffers) =>
        WriteAsync(buffers.SelectMany(static buffer => buffer).ToArray());

    /// <summary>Ends the write that is under way, on this thread.</summary>
    public void Release() => write!.SetResult();

    public void Fail() => write!.SetException(new IOException("The link was lost."));

    public override ValueTask CompleteWritesAsync()
    {
        Log.Add("end");
        return default;
    }

    public override void Abort(long code)
    {
    }
}
