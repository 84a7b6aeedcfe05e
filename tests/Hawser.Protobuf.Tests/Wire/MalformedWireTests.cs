namespace Hawser.Protobuf.Tests;

/// <summary>Bytes that are no message.</summary>
public sealed class MalformedWireTests
{
    [Theory]
    [InlineData("28", "an_int32: a varint is cut off, at byte 1")]
    [InlineData("2880", "an_int32: a varint is cut off, at byte 1")]
    [InlineData("28FFFFFFFFFFFFFFFFFFFF01", "an_int32: a varint has more than 10 bytes, at byte 1")]
    [InlineData("09010203", "a_double: a 64-bit number is cut off, at byte 1")]
    [InlineData("1501", "a_float: a 32-bit number is cut off, at byte 1")]
    [InlineData("4A056162", "a_string: the length 5 goes beyond the end of what contains it, which has 2 bytes left, at byte 1")]
    [InlineData("4AFFFFFFFF0F", "a_string: the length 4294967295 goes beyond the end of what contains it, which has 0 bytes left, at byte 1")]
    [InlineData("4AFFFFFFFFFFFFFFFFFF01", "a_string: the length 18446744073709551615 goes beyond the end of what contains it, which has 0 bytes left, at byte 1")]
    [InlineData("4A02C328", "a_string: the text is not UTF-8, at byte 1")]
    [InlineData("0001", "a tag has the field number 0, at byte 0")]
    [InlineData("0E", "a tag has the wire type 6, which does not exist, at byte 0")]
    [InlineData("0F", "a tag has the wire type 7, which does not exist, at byte 0")]
    [InlineData("FFFFFFFF7F00", "a tag has more than 32 bits, at byte 0")]
    [InlineData("A880808080800001", "a tag has more than 32 bits, at byte 0")]
    [InlineData("0C", "a group ends that was not begun, at byte 0")]
    [InlineData("C33E", "the group 1000 does not end, at byte 2")]
    [InlineData("C33ECC3E", "the group 1000 ends as group 1001, at byte 2")]
    [InlineData("8A01024A05", "a_message.a_string: the length 5 goes beyond the end of what contains it, which has 0 bytes left, at byte 4")]
    [InlineData("AA0200AA0200AA020128", "messages[2].an_int32: a varint is cut off, at byte 10")]
    [InlineData("AA01030102", "doubles[0]: the length 3 goes beyond the end of what contains it, which has 2 bytes left, at byte 2")]
    [InlineData("AA0103010203", "doubles[0]: the packed length 3 is not a multiple of 8, at byte 3")]
    [InlineData("CA010380", "int32s[0]: the length 3 goes beyond the end of what contains it, which has 1 bytes left, at byte 2")]
    [InlineData("CA0103010280", "int32s[2]: a varint is cut off, at byte 5")]
    public void Malformed_bytes_are_refused_with_path_and_place(string hex, string text)
    {
        var failure = Assert.Throws<ProtobufFormatException>(() => DynamicMessage.Parse(TestSchemas.Everything, Convert.FromHexString(hex)));
        Assert.Equal(text, failure.Message);
    }

    [Fact]
    public void An_error_within_a_map_names_the_key()
    {
        // message_by_sint32 { 3: a_string with a bad length }
        var failure = Assert.Throws<ProtobufFormatException>(
            () => DynamicMessage.Parse(TestSchemas.Everything, Convert.FromHexString("E204060806" + "12024A09")));
        Assert.Equal("message_by_sint32[3].a_string", failure.Path);
        Assert.Equal(8, failure.Offset);
    }

    [Fact]
    public void An_error_within_an_extension_names_it()
    {
        var failure = Assert.Throws<ProtobufFormatException>(() => DynamicMessage.Parse(TestSchemas.Legacy, [0xB2, 0x06, 0x01, 0x08]));
        Assert.Equal("[hawser.tests.old.ext_message].id", failure.Path);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Messages_nest_up_to_the_limit(int depth, bool isFine)
    {
        var bytes = Nested(depth);
        if (isFine)
            Assert.Equal(bytes, DynamicMessage.Parse(TestSchemas.Everything, bytes).ToByteArray());
        else
            Assert.Contains("MaxDepth", Assert.Throws<ProtobufFormatException>(() => DynamicMessage.Parse(TestSchemas.Everything, bytes)).Message);
    }

    [Fact]
    public void The_limit_of_nesting_is_an_option()
    {
        Assert.Throws<ProtobufFormatException>(() => DynamicMessage.Parse(TestSchemas.Everything, Nested(3), new ProtobufReadOptions { MaxDepth = 2 }));
        DynamicMessage.Parse(TestSchemas.Everything, Nested(200), new ProtobufReadOptions { MaxDepth = 200 });
    }

    [Fact]
    public void Groups_nest_up_to_the_limit_whether_they_are_known_or_not()
    {
        var unknown = Enumerable.Repeat<byte[]>([0xC3, 0x3E], 5000).SelectMany(tag => tag).ToArray();
        Assert.Contains("MaxDepth", Assert.Throws<ProtobufFormatException>(() => DynamicMessage.Parse(TestSchemas.Everything, unknown)).Message);
    }

    private static byte[] Nested(int depth)
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        var inner = message;
        for (var i = 0; i < depth; i++)
            inner = inner.GetOrCreate("a_message");
        return message.ToByteArray();
    }
}
