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

    /// <summary>Whether the writer was completed with an exception, for which the lane was aborted.</summary>
    public bool HasFailed { get; private set; }

    private async Task SendAsync()
    {
        try
        {
            while (await NextAsync().ConfigureAwait(false) is { } read)
            {
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
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The writer finds its next flush completed; why the link ended is told by reading.
        }
        finally
        {
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for bytes or the end.</summary>
    /// <returns>Null when the writer was completed with an exception, which the pipe throws here whatever its type.</returns>
    private async ValueTask<ReadResult?> NextAsync()
    {
        try
        {
            return await pipe.Reader.ReadAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // What it had flushed may still lie in the pipe, so there is no end to tell the peer of.
            HasFailed = true;
            lane.Abort((long)StatusCode.Internal);
            return null;
        }
    }

    private void Add(ReadOnlyMemory<byte> part)
    {
        if (part.IsEmpty)
            return;
        segments.Add(MemoryMarshal.TryGetArray(part, out var segment) ? segment : new ArraySegment<byte>(part.ToArray()));
    }
}
