using System.IO.Pipelines;

namespace Hawser;

/// <summary>Where octets to send come from. Disposing it disposes or completes what it was made of.</summary>
internal abstract class OctetsSource : IAsyncDisposable
{
    // Big enough that the cost per read and per frame vanishes beside the copy that the kernel makes.
    private protected const int ReadSize = 64 * 1024;

    internal static OctetsSource Of(object source) => source switch
    {
        Stream stream => new StreamSource(stream),
        PipeReader reader => new ReaderSource(reader),
        _ => throw new ArgumentException($"Octets come from a Stream or a PipeReader, not from a {TypeNames.Of(source.GetType())}."),
    };

    internal static OctetsSource Of(Func<PipeWriter, Task> write) => new WriterSource(write);

    /// <summary>Moves everything, until the source ends or nobody wants more.</summary>
    internal abstract ValueTask CopyToAsync(PipeWriter output, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    private sealed class StreamSource(Stream stream) : OctetsSource
    {
        internal override async ValueTask CopyToAsync(PipeWriter output, CancellationToken cancellationToken)
        {
            while (true)
            {
                // Read straight into the send buffer: the only copy is the stream's own.
                var count = await stream.ReadAsync(output.GetMemory(ReadSize), cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    return;
                output.Advance(count);
                if ((await output.FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted)
                    return;
            }
        }

        public override ValueTask DisposeAsync() => stream.DisposeAsync();
    }

    private sealed class ReaderSource(PipeReader reader) : OctetsSource
    {
        internal override ValueTask CopyToAsync(PipeWriter output, CancellationToken cancellationToken) => new(reader.CopyToAsync(output, cancellationToken));

        public override ValueTask DisposeAsync() => reader.CompleteAsync();
    }

    private sealed class WriterSource(Func<PipeWriter, Task> write) : OctetsSource
    {
        internal override async ValueTask CopyToAsync(PipeWriter output, CancellationToken cancellationToken) =>
            await write(output).ConfigureAwait(false);

        public override ValueTask DisposeAsync() => default;
    }
}
