using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Hawser.Transports;

namespace Hawser;

/// <summary>Writes to a lane what its writer has flushed. Completing the writer ends this side of the lane.</summary>
internal sealed class RawOutput
{
    private const int MostUnsent = 64 * 1024;

    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: MostUnsent, resumeWriterThreshold: MostUnsent / 2, useSynchronizationContext: false));
    private readonly List<ArraySegment<byte>> segments = [];
    private readonly Lane lane;

    public RawOutput(Lane lane)
    {
        this.lane = lane;
        Sent = SendAsync();
    }

    public PipeWriter Writer => pipe.Writer;

    /// <summary>Ends when the transport has taken everything and the end, or takes no more.</summary>
    public Task Sent { get; }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var read = await pipe.Reader.ReadAsync().ConfigureAwait(false);
                if (!read.Buffer.IsEmpty)
                {
                    foreach (var part in read.Buffer)
                        Add(part);
                    await lane.WriteAsync(segments).ConfigureAwait(false);
                    segments.Clear();
                    pipe.Reader.AdvanceTo(read.Buffer.End);
                }
                else if (read.IsCompleted)
                {
                    await lane.CompleteWritesAsync().ConfigureAwait(false);
                    break;
                }
            }

            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The writer finds its next flush completed; why the link ended is told by reading.
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private void Add(ReadOnlyMemory<byte> part)
    {
        if (part.IsEmpty)
            return;
        segments.Add(MemoryMarshal.TryGetArray(part, out var segment) ? segment : new ArraySegment<byte>(part.ToArray()));
    }
}
