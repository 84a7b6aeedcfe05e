using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using Hawser.Tests.Endpoints;

namespace Hawser.Tests.Codecs;

public sealed partial class JsonCodecTests
{
    public sealed record Item(int Number, string? Text, double[] Values, Dictionary<string, bool> Flags);

    [Fact]
    public void Whatever_is_encoded_is_decoded_from_any_segments()
    {
        var codec = JsonCodec.Default.For<Item>();
        var items =
            from number in ArbMap.Default.GeneratorFor<int>()
            from text in ArbMap.Default.GeneratorFor<string?>()
            from values in ArbMap.Default.GeneratorFor<NormalFloat[]>()
            from names in ArbMap.Default.GeneratorFor<Guid[]>()
            from size in Gen.Choose(1, 40)
            select (Item: new Item(number, text, [.. values.Select(value => value.Get)], names.ToDictionary(name => name.ToString(), _ => true)), size);
        Prop.ForAll(items.ToArbitrary(), sample =>
        {
            var bytes = new ArrayBufferWriter<byte>();
            codec.Encode(sample.Item, bytes);
            var decoded = codec.Decode(Texts.Segments(bytes.WrittenSpan, sample.size));
            return JsonSerializer.Serialize(Printable(decoded)) == JsonSerializer.Serialize(Printable(sample.Item));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Bytes_after_the_value_are_an_error(int segment)
    {
        var failure = Fails<int>("1 2", segment);
        Assert.Equal("wrong JSON at $, line 1, byte 3: '2' is invalid after a single JSON value. Expected end of data.", failure.Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_wrong_value_is_told_with_path_line_and_byte(int segment)
    {
        var failure = Fails<Item>("{\n  \"number\": \"x\" }", segment);
        Assert.StartsWith("wrong JSON at $.number, line 2, byte ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_not_JSON() => Assert.Contains("line 1, byte 1", Fails<Item>("", 1).Message, StringComparison.Ordinal);

    [Fact]
    public void An_application_s_context_decides_which_types_are_known()
    {
        var codec = new JsonCodec(Known.Default);
        var bytes = new ArrayBufferWriter<byte>();
        codec.For<Word>().Encode(new Word("x"), bytes);
        Assert.Equal("""{"TEXT":"x"}""".ToLowerInvariant(), Encoding.UTF8.GetString(bytes.WrittenSpan).ToLowerInvariant());
        Assert.Throws<NotSupportedException>(() => codec.For<Item>());
    }

    [Fact]
    public void Two_codecs_share_a_thread_without_sharing_settings()
    {
        var indented = new JsonCodec(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).For<string>();
        var plain = JsonCodec.Default.For<string>();
        Assert.Equal("\"<\"", Text(indented, "<"));
        Assert.Equal("\"\\u003C\"", Text(plain, "<"));
        Assert.Equal("\"<\"", Text(indented, "<"));
    }

    [Fact]
    public void A_value_that_cannot_be_encoded_spoils_no_later_one()
    {
        var cyclic = new Node();
        cyclic.Next = cyclic;
        Assert.Throws<JsonException>(() => Text(JsonCodec.Default.For<Node>(), cyclic));
        Assert.Equal("7", Text(JsonCodec.Default.For<int>(), 7));
    }

    [Fact]
    public void Raw_bytes_never_reach_a_codec()
    {
        var codec = new RefusingCodec();
        Assert.True(MessageCodecs.For<byte[]>(codec, MessageOwnership.Owned).IsRaw);
        Assert.True(MessageCodecs.For<ReadOnlyMemory<byte>>(codec, MessageOwnership.Owned).IsRaw);
        Assert.True(MessageCodecs.For<ReadOnlySequence<byte>>(codec, MessageOwnership.Owned).IsRaw);
        Assert.Throws<NotSupportedException>(() => MessageCodecs.For<Word>(codec, MessageOwnership.Owned));
    }

    [Theory]
    [InlineData((int)MessageOwnership.Owned, false, false)]
    [InlineData((int)MessageOwnership.StreamItem, false, true)]
    [InlineData((int)MessageOwnership.UnaryRequest, true, true)]
    public void Bytes_are_borrowed_only_where_the_rule_says_so(int ownership, bool memoryBorrowed, bool sequenceBorrowed)
    {
        byte[] source = [1, 2, 3];
        var message = new ReadOnlySequence<byte>(source);
        var memory = MessageCodecs.For<ReadOnlyMemory<byte>>(JsonCodec.Default, (MessageOwnership)ownership).Decode(message);
        var sequence = MessageCodecs.For<ReadOnlySequence<byte>>(JsonCodec.Default, (MessageOwnership)ownership).Decode(message);
        var array = MessageCodecs.For<byte[]>(JsonCodec.Default, (MessageOwnership)ownership).Decode(message);
        source[0] = 9;
        Assert.Equal(memoryBorrowed ? 9 : 1, memory.Span[0]);
        Assert.Equal(sequenceBorrowed ? 9 : 1, sequence.FirstSpan[0]);
        Assert.Equal(1, array[0]);
    }

    // Lone surrogates become U+FFFD in UTF-8; that is not the codec's doing.
    private static Item Printable(Item item) =>
        item with { Text = item.Text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(item.Text)) };

    private static FormatException Fails<T>(string json, int segment) =>
        Assert.Throws<FormatException>(() => JsonCodec.Default.For<T>().Decode(Texts.Segments(Encoding.UTF8.GetBytes(json), segment)));

    private static string Text<T>(MessageCodec<T> codec, T value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        codec.Encode(value, bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private sealed class Node
    {
        public Node? Next { get; set; }
    }

    private sealed class RefusingCodec : Codec
    {
        public override string Name => "refusing";

        public override MessageCodec<T> For<T>() => throw new NotSupportedException("asked");
    }

    [JsonSerializable(typeof(Word))]
    private sealed partial class Known : JsonSerializerContext;
}
