using System.Buffers;
using System.IO.Pipelines;

namespace Hawser;

/// <summary>Writes records into a stream of bytes: the octets of a call, a raw connection, a file.</summary>
/// <remarks>One writer at a time.</remarks>
public sealed class RecordWriter
{
    private readonly PipeWriter output;
    private readonly int maxRecordSize;

    /// <summary>Writes to a pipe.</summary>
    /// <param name="output">Where the bytes go; it is not completed.</param>
    /// <param name="framing">Where a record ends.</param>
    /// <param name="maxRecordSize">The largest record written, in bytes, without its framing; 4 MiB by default, as the reader accepts.</param>
    public RecordWriter(PipeWriter output, RecordFraming framing, int maxRecordSize = RecordReader.DefaultMaxRecordSize)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(framing);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecordSize);
        this.output = output;
        Framing = framing;
        this.maxRecordSize = maxRecordSize;
    }

    /// <summary>Writes to a stream.</summary>
    /// <param name="output">Where the bytes go; it is not disposed.</param>
    /// <param name="framing">Where a record ends.</param>
    /// <param name="maxRecordSize">The largest record written, in bytes, without its framing; 4 MiB by default, as the reader accepts.</param>
    public RecordWriter(Stream output, RecordFraming framing, int maxRecordSize = RecordReader.DefaultMaxRecordSize)
        : this(PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true)), framing, maxRecordSize)
    {
    }

    /// <summary>How the next record is framed. May be replaced between two records, when the reader does the same.</summary>
    public RecordFraming Framing { get; set; }

    /// <summary>Adds a record to those that the next flush sends.</summary>
    /// <param name="record">The content; copied.</param>
    /// <exception cref="ArgumentException">The record is over the limit, or the framing cannot express it; nothing was written.</exception>
    public void Write(ReadOnlyMemory<byte> record) => Write(new ReadOnlySequence<byte>(record));

    /// <inheritdoc cref="Write(ReadOnlyMemory{byte})"/>
    public void Write(in ReadOnlySequence<byte> record)
    {
        if (record.Length > maxRecordSize)
            throw new ArgumentException($"A record of {record.Length} bytes was to be written; at most {maxRecordSize} are allowed (maxRecordSize of the RecordWriter).", nameof(record));
        Framing.Write(record, output);
    }

    /// <summary>Writes a record and sends it, with all that were added before. A slow reader makes it wait.</summary>
    /// <param name="record">The content.</param>
    /// <param name="cancellationToken">Gives up waiting, where the output can.</param>
    /// <returns>False when the reader wants no more.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Write(ReadOnlyMemory{byte})"/>.</exception>
    public ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> record, CancellationToken cancellationToken = default)
    {
        Write(record);
        return FlushAsync(cancellationToken);
    }

    /// <summary>Sends the records that were added.</summary>
    /// <param name="cancellationToken">Gives up waiting, where the output can.</param>
    /// <returns>False when the reader wants no more.</returns>
    public async ValueTask<bool> FlushAsync(CancellationToken cancellationToken = default) =>
        !(await output.FlushAsync(cancellationToken).ConfigureAwait(false)).IsCompleted;

    /// <summary>Sends the records that were added, and waits until the peer has consumed all that were written, when they are a call's octets.</summary>
    /// <param name="cancellationToken">Gives up waiting; the call goes on.</param>
    /// <returns>How many bytes are confirmed, framing of the records included, and after how long. A peer that reads with <see cref="RecordReader"/> consumes a record by asking for the next.</returns>
    /// <exception cref="RpcException">As of <see cref="PipeWriterExtensions.AcknowledgeAsync"/>.</exception>
    public ValueTask<Acknowledgement> AcknowledgeAsync(CancellationToken cancellationToken = default) => output.AcknowledgeAsync(cancellationToken);
}
