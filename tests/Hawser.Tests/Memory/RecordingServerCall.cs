using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Hawser.Tests;

/// <summary>A call that is given its requests and records what is written; everything completes at once. Can be used again and allocates nothing when told to keep nothing.</summary>
internal sealed class RecordingServerCall(Method method, params byte[][] requests) : ServerCall
{
    private int next;

    public bool Keeps { get; init; } = true;

    public string CodecName { get; init; } = "json";

    public List<(string Text, WriteFlags Flags)> Written { get; } = [];

    public ReadOnlySequence<byte> Reply { get; private set; }

    public Status? Status { get; private set; }

    public bool AskedForToken { get; private set; }

    public override Method Method => method;

    public override string Codec => CodecName;

    public override Metadata RequestMetadata => Metadata.Empty;

    public override DateTimeOffset? Deadline => null;

    public override CancellationToken CancellationToken
    {
        get
        {
            AskedForToken = true;
            return default;
        }
    }

    public override Connection Connection => throw new InvalidOperationException("There is no connection.");

    public override ReadOnlySequence<byte> Message => new(requests[next - 1]);

    public override PipeReader RequestOctets => throw new InvalidOperationException("There are no octets.");

    public override PipeWriter ResponseOctets => throw new InvalidOperationException("There are no octets.");

    public void Rewind() => next = 0;

    public override ValueTask<bool> ReadAsync()
    {
        if (next == requests.Length)
            return new ValueTask<bool>(false);
        next++;
        return new ValueTask<bool>(true);
    }

    public override ValueTask WriteHeadersAsync(Metadata headers) => default;

    public override ValueTask WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None)
    {
        if (Keeps)
            Written.Add((Encoding.UTF8.GetString(message), flags));
        return default;
    }

    public override ValueTask FinishAsync(Status status, Metadata? trailers = null)
    {
        Status = status;
        return default;
    }

    public override ValueTask FinishAsync(ReadOnlySequence<byte> message)
    {
        Reply = Keeps ? new ReadOnlySequence<byte>(message.ToArray()) : message;
        Status = Hawser.Status.Ok;
        return default;
    }
}
