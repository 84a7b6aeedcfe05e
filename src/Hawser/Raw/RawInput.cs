using System.IO.Pipelines;
using Hawser.Transports;

namespace Hawser;

/// <summary>Reads a lane ahead of its reader, as far as a buffer goes: so a read can be cancelled, and the end of the link is noticed by who does not read.</summary>
internal sealed class RawInput
{
    private const int MostUnread = 256 * 1024;
    private const int ReadSize = 16 * 1024;

    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: MostUnread, resumeWriterThreshold: MostUnread / 2, useSynchronizationContext: false));
    private readonly CancellationTokenSource closed = new();
    private readonly Lane lane;

    public RawInput(Lane lane)
    {
        this.lane = lane;
        Closed = closed.Token;
        lane.PeerAborted.UnsafeRegister(static input => ((RawInput)input!).SignalClosed(), this);
        Read = ReadAsync();
    }

    public PipeReader Reader => pipe.Reader;

    public CancellationToken Closed { get; }

    /// <summary>Ends when nothing more is read.</summary>
    public Task Read { get; }

    /// <summary>Nobody wants more: reading does not wait for a reader any longer.</summary>
    public void Stop()
    {
        SignalClosed();
        pipe.Writer.CancelPendingFlush();
        pipe.Reader.CancelPendingRead();
    }

    private async Task ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Exception? failure = null;
        try
        {
            while (true)
            {
                var count = await lane.ReadAsync(pipe.Writer.GetMemory(ReadSize)).ConfigureAwait(false);
                if (count == 0)
                    break;
                pipe.Writer.Advance(count);
                var flush = await pipe.Writer.FlushAsync().ConfigureAwait(false);
                if (flush.IsCompleted || flush.IsCanceled)
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            failure = exception as IOException ?? new IOException("The connection was closed by this side.", exception);
            SignalClosed();
        }

        await pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
    }

    private void SignalClosed() => _ = closed.CancelAsync();
}
