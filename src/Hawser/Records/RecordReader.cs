using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>Reads records out of a stream of bytes: the octets of a call, a raw connection, a file.</summary>
/// <remarks>
/// Every record is given as soon as its last byte is here, however the bytes were cut on their way, and no byte beyond it is touched: the framing may change between two records, and
/// <see cref="Input"/> goes on right behind the last one. One reader at a time.
/// </remarks>
public sealed class RecordReader
{
    /// <summary>The limit on a record unless another is given, in bytes.</summary>
    public const int DefaultMaxRecordSize = 4 * 1024 * 1024;

    private readonly PipeReader source;
    private readonly int maxRecordSize;
    private ReadOnlySequence<byte> record;
    private SequencePosition behind;
    private bool isHeld;

    /// <summary>Reads from a pipe.</summary>
    /// <param name="input">Where the bytes come from; it is not completed.</param>
    /// <param name="framing">Where a record ends.</param>
    /// <param name="maxRecordSize">The largest record accepted, in bytes, without its framing; 4 MiB by default.</param>
    public RecordReader(PipeReader input, RecordFraming framing, int maxRecordSize = DefaultMaxRecordSize)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(framing);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRecordSize);
        source = input;
        Framing = framing;
        this.maxRecordSize = maxRecordSize;
    }

    /// <summary>Reads from a stream.</summary>
    /// <param name="input">Where the bytes come from; it is not disposed, and read ahead of: go on with <see cref="Input"/>, not with it.</param>
    /// <param name="framing">Where a record ends.</param>
    /// <param name="maxRecordSize">The largest record accepted, in bytes, without its framing; 4 MiB by default.</param>
    public RecordReader(Stream input, RecordFraming framing, int maxRecordSize = DefaultMaxRecordSize)
        : this(PipeReader.Create(input, new StreamPipeReaderOptions(leaveOpen: true)), framing, maxRecordSize)
    {
    }

    /// <summary>Where the next record ends. May be replaced between two reads: the rest of the bytes is read by the new one.</summary>
    public RecordFraming Framing { get; set; }

    /// <summary>The record that the last <see cref="ReadAsync"/> found. Valid until the next one, or until <see cref="Input"/> is asked for.</summary>
    public ReadOnlySequence<byte> Record => record;

    /// <summary>What follows the last record, whole, to be read in another way. The record counts as consumed; reading records may go on later.</summary>
    public PipeReader Input
    {
        get
        {
            Release();
            return source;
        }
    }

    /// <summary>Reads the next record into <see cref="Record"/>. Asking for it says that the one before is done with, which is what an acknowledgement confirms.</summary>
    /// <param name="cancellationToken">Gives up waiting; what has come is kept.</param>
    /// <returns>False when the bytes have ended behind a whole record.</returns>
    /// <exception cref="RpcException">
    /// The bytes are no record (<see cref="StatusCode.InvalidArgument"/>), the record is over the limit (<see cref="StatusCode.ResourceExhausted"/>), or the bytes ended within a
    /// record (<see cref="StatusCode.DataLoss"/>). Nothing of it is consumed. Besides, whatever the input throws.
    /// </exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken = default)
    {
        Release();
        var examined = 0L;
        while (true)
        {
            var read = await source.ReadAsync(cancellationToken).ConfigureAwait(false);
            var bytes = read.Buffer;
            if (read.IsCanceled)
            {
                source.AdvanceTo(bytes.Start);
                throw new OperationCanceledException("The read was cancelled by CancelPendingRead.");
            }

            try
            {
                if (!bytes.IsEmpty && TryParse(bytes, examined))
                    return true;
            }
            catch
            {
                source.AdvanceTo(bytes.Start);
                throw;
            }

            if (!read.IsCompleted)
            {
                examined = bytes.Length;
                source.AdvanceTo(bytes.Start, bytes.End);
                continue;
            }

            source.AdvanceTo(bytes.Start);
            return bytes.IsEmpty ? false : throw new RpcException(StatusCode.DataLoss, $"The bytes ended within a record, of which {bytes.Length} had come.");
        }
    }

    /// <summary>Reads record after record, each copied, to the end.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The records. Failures are those of <see cref="ReadAsync"/>.</returns>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken).ConfigureAwait(false))
            yield return record.ToArray();
    }

    private bool TryParse(in ReadOnlySequence<byte> bytes, long examined)
    {
        var found = Framing.Parse(bytes, examined);
        if (found.Kind == RecordParseKind.Malformed)
            throw new RpcException(StatusCode.InvalidArgument, $"The bytes are no record: {found.Reason}.");
        if (found.Length > maxRecordSize)
            throw TooLarge($"{found.Length} bytes");
        if (found.Kind == RecordParseKind.NeedMore)
        {
            return bytes.Length > (long)maxRecordSize + Framing.MaxOverhead
                ? throw TooLarge($"more than {maxRecordSize} bytes")
                : false;
        }

        if (found.Consumed > bytes.Length)
            throw new InvalidOperationException($"{Framing.GetType().Name} found a record of {found.Consumed} bytes in {bytes.Length}.");
        record = bytes.Slice(found.Start, found.Length);
        behind = bytes.GetPosition(found.Consumed);
        isHeld = true;
        return true;
    }

    private void Release()
    {
        if (!isHeld)
            return;
        isHeld = false;
        record = default;
        source.AdvanceTo(behind);
    }

    private RpcException TooLarge(string size) =>
        new(StatusCode.ResourceExhausted, $"A record has {size}; at most {maxRecordSize} are accepted (maxRecordSize of the RecordReader).");
}
