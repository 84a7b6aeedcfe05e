using System.Buffers;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

public sealed class MessageFramerTests
{
    private const int Limit = 1000;

    [Fact]
    public void Messages_are_found_however_their_bytes_are_cut() => Prop.ForAll<byte[][], byte>(static (messages, cut) =>
    {
        var body = messages.SelectMany(static message => Framed(message)).ToArray();
        var buffer = Cut(body, (cut % 9) + 1);
        var framer = new MessageFramer(Limit, mayBeCompressed: false);
        var found = new List<byte[]>();
        while (framer.TryRead(ref buffer, out var message, out _, out _))
            found.Add(message.ToArray());
        return buffer.Length == 0 && found.Count == messages.Length && found.Zip(messages).All(static pair => pair.First.AsSpan().SequenceEqual(pair.Second));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_message_that_has_not_arrived_whole_is_left_where_it_is()
    {
        var body = Framed([1, 2, 3]);
        for (var size = 0; size < body.Length; size++)
        {
            var buffer = new ReadOnlySequence<byte>(body, 0, size);
            Assert.False(new MessageFramer(Limit, mayBeCompressed: false).TryRead(ref buffer, out _, out _, out var wrong));
            Assert.Null(wrong);
            Assert.Equal(size, buffer.Length);
        }
    }

    [Fact]
    public void A_length_over_the_limit_is_refused_before_the_message_has_come()
    {
        var wrong = WrongOf([0, 0, 0, 0x03, 0xE9]);
        Assert.Equal(StatusCode.ResourceExhausted, wrong.Code);
        Assert.Contains("ConnectionLimits.MaxMessageSize", wrong.Text, StringComparison.Ordinal);
        Assert.Contains("1001", wrong.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_of_four_gigabytes_is_refused() => Assert.Contains("4294967295", WrongOf([0, 0xFF, 0xFF, 0xFF, 0xFF]).Text, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_flag_is_refused() => Assert.Equal(StatusCode.Internal, WrongOf([2, 0, 0, 0, 0]).Code);

    [Fact]
    public void A_compressed_message_without_a_named_compression_is_refused()
    {
        var wrong = WrongOf([1, 0, 0, 0, 0]);
        Assert.Equal(StatusCode.Internal, wrong.Code);
        Assert.Contains("grpc-encoding", wrong.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_message_is_told_from_a_plain_one()
    {
        var buffer = new ReadOnlySequence<byte>([1, 0, 0, 0, 1, 9]);
        Assert.True(new MessageFramer(Limit, mayBeCompressed: true).TryRead(ref buffer, out var message, out var isCompressed, out _));
        Assert.True(isCompressed);
        Assert.Equal([9], message.ToArray());
    }

    [Fact]
    public void An_end_within_a_message_is_no_end()
    {
        Assert.Null(MessageFramer.CheckEnd(0));
        Assert.Equal(StatusCode.Internal, MessageFramer.CheckEnd(3)?.Code);
    }

    [Fact]
    public void Any_bytes_are_messages_or_refused() => Prop.ForAll<byte[], byte>(static (body, cut) =>
    {
        var buffer = Cut(body, (cut % 5) + 1);
        var framer = new MessageFramer(Limit, mayBeCompressed: true);
        while (framer.TryRead(ref buffer, out var message, out _, out _))
        {
            if (message.Length > Limit)
                return false;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static Status WrongOf(byte[] body)
    {
        var buffer = new ReadOnlySequence<byte>(body);
        Assert.False(new MessageFramer(Limit, mayBeCompressed: false).TryRead(ref buffer, out _, out _, out var wrong));
        return Assert.IsType<Status>(wrong);
    }

    private static byte[] Framed(byte[] message)
    {
        var framed = new byte[MessageHeader.Size + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, MessageHeader.Size);
        return framed;
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, int size)
    {
        if (bytes.Length == 0)
            return ReadOnlySequence<byte>.Empty;
        var first = new Segment(bytes.AsMemory(0, Math.Min(size, bytes.Length)));
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
            last = last.Then(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
