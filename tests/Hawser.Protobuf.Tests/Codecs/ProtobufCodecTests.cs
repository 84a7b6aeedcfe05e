using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace Hawser.Protobuf.Tests.Codecs;

public sealed class ProtobufCodecTests
{
    private static readonly Google.Rpc.Status Sample = new()
    {
        Code = 5,
        Message = new string('m', 300),
        Details = { Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) }), Any.Pack(new StringValue { Value = "é" }) },
    };

    private sealed record Plain(int Number);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void What_is_encoded_is_decoded_from_any_segments(int segment)
    {
        var codec = ProtobufCodec.Default.For<Google.Rpc.Status>();
        var bytes = new ArrayBufferWriter<byte>();
        codec.Encode(Sample, bytes);
        Assert.Equal(Sample.ToByteArray(), bytes.WrittenSpan.ToArray());
        Assert.Equal(Sample, codec.Decode(Segments(bytes.WrittenSpan, segment)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void Messages_of_today_s_protoc_are_decoded_from_any_segments(int segment)
    {
        var value = Value.ForStruct(new Struct { Fields = { ["a"] = Value.ForList(Value.ForNull(), Value.ForBool(true)), ["é"] = Value.ForString("ü") } });
        var codec = ProtobufCodec.Default.For<Value>();
        var bytes = new ArrayBufferWriter<byte>();
        codec.Encode(value, bytes);
        Assert.Equal(value.ToByteArray(), bytes.WrittenSpan.ToArray());
        Assert.Equal(value, codec.Decode(Segments(bytes.WrittenSpan, segment)));
    }

    [Fact]
    public void An_empty_message_is_no_bytes()
    {
        var codec = ProtobufCodec.Default.For<StringValue>();
        var bytes = new ArrayBufferWriter<byte>();
        codec.Encode(new StringValue(), bytes);
        Assert.Equal(0, bytes.WrittenCount);
        Assert.Equal(new StringValue(), codec.Decode(ReadOnlySequence<byte>.Empty));
    }

    [Fact]
    public void Wrong_bytes_are_told_in_a_sentence()
    {
        var codec = ProtobufCodec.Default.For<Google.Rpc.Status>();
        var failure = Assert.Throws<FormatException>(() => codec.Decode(new ReadOnlySequence<byte>([0x12, 0x05, 0x41])));
        Assert.StartsWith("The bytes are not a message 'google.rpc.Status': ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoding_allocates_nothing()
    {
        var codec = ProtobufCodec.Default.For<Value>();
        var value = Value.ForList(Value.ForString(new string('m', 300)), Value.ForNumber(3));
        var bytes = new ArrayBufferWriter<byte>(4096);
        for (var i = 0; i < 3; i++)
        {
            bytes.ResetWrittenCount();
            codec.Encode(value, bytes);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        bytes.ResetWrittenCount();
        codec.Encode(value, bytes);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Other_types_are_JSON()
    {
        var bytes = new ArrayBufferWriter<byte>();
        ProtobufCodec.Default.For<Plain>().Encode(new Plain(5), bytes);
        Assert.Equal("""{"number":5}"""u8, bytes.WrittenSpan);
    }

    [Fact]
    public void Names_tell_what_is_spoken()
    {
        Assert.Equal("proto", ProtobufCodec.Default.Name);
        Assert.Equal("proto", ProtobufCodec.Default.NameFor(typeof(StringValue)));
        Assert.Equal("json", ProtobufCodec.Default.NameFor(typeof(Plain)));
        Assert.Equal("proto", new ProtobufCodec(other: null).Name);
    }

    [Fact]
    public void Without_another_codec_other_types_are_refused() =>
        Assert.Contains("is no protobuf message", Assert.Throws<NotSupportedException>(() => new ProtobufCodec(other: null).For<Plain>()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_type_that_is_any_message_is_refused() =>
        Assert.Contains("does not say which", Assert.Throws<NotSupportedException>(() => ProtobufCodec.Default.For<IMessage>()).Message, StringComparison.Ordinal);

    [Fact]
    public void The_schema_is_that_of_the_descriptor() =>
        Assert.Contains("\"title\":\"google.rpc.Status\"", ProtobufCodec.Default.For<Google.Rpc.Status>().GetSchema(), StringComparison.Ordinal);

    private static ReadOnlySequence<byte> Segments(ReadOnlySpan<byte> bytes, int size)
    {
        var last = new Segment(bytes[..Math.Min(size, bytes.Length)].ToArray(), null);
        var first = last;
        for (var i = size; i < bytes.Length; i += size)
            last = new Segment(bytes.Slice(i, Math.Min(size, bytes.Length - i)).ToArray(), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        internal Segment(byte[] bytes, Segment? previous)
        {
            Memory = bytes;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
