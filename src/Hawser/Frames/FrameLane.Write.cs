using System.Text;

namespace Hawser.Frames;

/// <summary>The frames of a lane, as they go out. What appends does so under the gate of the output.</summary>
internal sealed partial class FrameLane
{
    /// <summary>However large the trailers are, so much of a status's text is sent.</summary>
    private const int MinText = 512;

    private readonly Dictionary<Method, ulong> outboundRoutes = new(ReferenceEqualityComparer.Instance);

    /// <summary>Puts a call of this side into the table and its first frames into the output. Under the gate.</summary>
    /// <returns>Where the message goes, of which there is room for <paramref name="messageSize"/> bytes; the caller advances the output by the header's size and it.</returns>
    public Span<byte> BeginCall(WireCall call, Method method, string codec, Metadata? metadata, TimeSpan? timeout, FrameFlags flags, int messageSize, out int headerSize)
    {
        call.Id = nextOwnId;
        nextOwnId += 2;
        if (!method.IsOneWay || (flags & FrameFlags.End) == 0)
            ownCalls.Add(call);
        ref var route = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(outboundRoutes, method, out var known);
        if (!known)
        {
            route = (ulong)outboundRoutes.Count;
            AppendRoute(route, method, codec);
        }

        var hasHeaders = metadata is { Count: > 0 } || timeout is not null;
        var headersSize = hasHeaders ? Varint.MaxSize + MetadataBlock.SizeOf(metadata ?? Metadata.Empty) : 0;
        if (hasHeaders)
            flags |= FrameFlags.HasHeaders;
        var span = Output.GetSpan(FrameLimits.MaxHeader + Varint.MaxSize + headersSize + messageSize);
        var body = Varint.SizeOf(call.Id) + Varint.SizeOf(route) + messageSize;
        if (hasHeaders)
        {
            // The length is known last; it takes the four-byte form, for which there is room.
            var at = 5 + Varint.Write(span[5..], call.Id);
            at += Varint.Write(span[at..], route);
            at += Varint.Write(span[at..], timeout is { } time ? ToMicroseconds(time) : 0);
            at += MetadataBlock.Write(span[at..], metadata ?? Metadata.Empty);
            span[0] = (byte)((byte)FrameType.Call | (byte)flags);
            Varint.WriteFixed4(span[1..], (uint)(at - 5 + messageSize));
            headerSize = at;
            return span[at..];
        }

        span[0] = (byte)((byte)FrameType.Call | (byte)flags);
        headerSize = 1 + Varint.Write(span[1..], (ulong)body);
        headerSize += Varint.Write(span[headerSize..], call.Id);
        headerSize += Varint.Write(span[headerSize..], route);
        return span[headerSize..];
    }

    /// <summary>Whether a method has been called on this lane before, or there is room for one more. Under the gate.</summary>
    public bool CanAnnounce(Method method) => outboundRoutes.Count < FrameLimits.MaxRoutes || outboundRoutes.ContainsKey(method);

    public void SendCredit(ulong id, int amount)
    {
        lock (Output.Gate)
        {
            var span = Output.GetSpan(2 + (2 * Varint.MaxSize));
            span[0] = (byte)FrameType.Credit;
            span[1] = (byte)(Varint.SizeOf(id) + Varint.SizeOf((ulong)amount));
            var size = 2 + Varint.Write(span[2..], id);
            size += Varint.Write(span[size..], (ulong)amount);
            Output.Advance(size);
        }

        Output.FlushSoon(alone: true);
    }

    /// <summary>Adds a question for acknowledgement, or an answer to one. Under the gate.</summary>
    public void AppendAck(ulong id, ulong number, FrameFlags flags)
    {
        // Behind the last byte of a lane nothing may follow, and nobody waits for it.
        if (Output.IsEnding)
            return;
        var span = Output.GetSpan(2 + (2 * Varint.MaxSize));
        span[0] = (byte)((byte)FrameType.Ack | (byte)flags);
        span[1] = (byte)(Varint.SizeOf(id) + Varint.SizeOf(number));
        var size = 2 + Varint.Write(span[2..], id);
        size += Varint.Write(span[size..], number);
        Output.Advance(size);
    }

    /// <summary>Adds new metadata of the connection. Under the gate.</summary>
    public void AppendConnectionMetadata(Metadata metadata, int metadataSize)
    {
        if (Output.IsEnding)
            return;
        var span = Output.GetSpan(5 + Varint.MaxSize + metadataSize);
        var at = 5 + Varint.Write(span[5..], 0);
        at += MetadataBlock.Write(span[at..], metadata);
        span[0] = (byte)FrameType.Headers;
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        Output.Advance(at);
    }

    /// <summary>Tells the peer that this side has consumed what stood before its question.</summary>
    public void SendAcknowledged(ulong id, ulong number)
    {
        lock (Output.Gate)
        {
            AppendAck(id, number, FrameFlags.Answer);
        }

        Output.FlushSoon(alone: true);
    }

    /// <summary>Tells the peer that this side sends nothing more on a call that it started.</summary>
    public void SendEnd(ulong id)
    {
        lock (Output.Gate)
        {
            var span = Output.GetSpan(2 + Varint.MaxSize);
            span[0] = (byte)FrameType.End;
            span[1] = (byte)Varint.SizeOf(id);
            Output.Advance(2 + Varint.Write(span[2..], id));
        }

        Output.FlushSoon(IsQuiet);
    }

    /// <summary>Adds a FINISH frame. Under the gate.</summary>
    public void AppendFinish(ulong id, Status status, Metadata trailers, bool notRun = false)
    {
        if (status.IsOk && status.Text.Length == 0 && status.Details.IsEmpty && trailers.Count == 0)
        {
            var brief = Output.GetSpan(2 + Varint.MaxSize);
            brief[0] = (byte)FrameType.Finish;
            brief[1] = (byte)Varint.SizeOf(id);
            Output.Advance(2 + Varint.Write(brief[2..], id));
            return;
        }

        var limit = Math.Min(Connection.Peer.MaxMetadataSize, FrameLimits.MaxBody / 2);
        if (status.Details.Length + MetadataBlock.SizeOf(trailers) > limit)
        {
            status = new Status(
                StatusCode.ResourceExhausted,
                $"The call ended with {status.Code}, but its details and trailers are larger than {limit} bytes (ConnectionLimits.MaxMetadataSize of the receiver). {status.Text}");
            trailers = Metadata.Empty;
        }

        var text = TextBytes(status.Text, Math.Max(limit - status.Details.Length - MetadataBlock.SizeOf(trailers), MinText));
        var span = Output.GetSpan(5 + (4 * Varint.MaxSize) + text.Length + status.Details.Length + MetadataBlock.SizeOf(trailers));
        var at = 5 + Varint.Write(span[5..], id);
        at += Varint.Write(span[at..], (ulong)status.Code);
        at += WriteBytes(span[at..], text);
        at += WriteBytes(span[at..], status.Details.Span);
        at += MetadataBlock.Write(span[at..], trailers);
        span[0] = (byte)((byte)FrameType.Finish | (notRun ? (byte)FrameFlags.NotRun : 0));
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        Output.Advance(at);
    }

    private static ulong ToMicroseconds(TimeSpan time) => (ulong)Math.Max(1, time.Ticks / TimeSpan.TicksPerMicrosecond);

    private static int WriteBytes(Span<byte> output, ReadOnlySpan<byte> bytes)
    {
        var size = Varint.Write(output, (ulong)bytes.Length);
        bytes.CopyTo(output[size..]);
        return size + bytes.Length;
    }

    /// <summary>A text in UTF-8, cut at a character's edge to a limit.</summary>
    internal static ReadOnlySpan<byte> TextBytes(string text, int limit)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= limit)
            return bytes;
        var size = limit;
        while (size > 0 && (bytes[size] & 0xC0) == 0x80)
            size--;
        return bytes.AsSpan(0, size);
    }

    private void AppendRoute(ulong route, Method method, string codec)
    {
        var span = Output.GetSpan(5 + (4 * Varint.MaxSize) + codec.Length + method.FullName.Length);
        var at = 5 + Varint.Write(span[5..], route);
        at += Varint.Write(span[at..], RouteShape.Of(method));
        at += WriteBytes(span[at..], Encoding.ASCII.GetBytes(codec));
        at += WriteBytes(span[at..], Encoding.ASCII.GetBytes(method.FullName));
        span[0] = (byte)FrameType.Route;
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        Output.Advance(at);
    }

    private void AppendReset(ulong id, Status status, bool notRun)
    {
        var text = TextBytes(status.Text, FrameLimits.MaxReason);
        var span = Output.GetSpan(5 + (3 * Varint.MaxSize) + text.Length);
        var at = 5 + Varint.Write(span[5..], id);
        at += Varint.Write(span[at..], (ulong)status.Code);
        at += WriteBytes(span[at..], text);
        span[0] = (byte)((byte)FrameType.Reset | (notRun ? (byte)FrameFlags.NotRun : 0));
        Varint.WriteFixed4(span[1..], (uint)(at - 5));
        Output.Advance(at);
    }
}
