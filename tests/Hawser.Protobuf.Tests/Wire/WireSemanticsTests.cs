namespace Hawser.Protobuf.Tests;

/// <summary>What bytes mean where more than one reading would be possible.</summary>
public sealed class WireSemanticsTests
{
    [Theory]
    [InlineData("CA0103010203", "packed")]
    [InlineData("C80101C80102C80103", "unpacked")]
    [InlineData("C80101CA01020203", "mixed")]
    [InlineData("CA010101CA0100C80102CA010103", "packed in pieces")]
    public void Repeated_numbers_are_read_packed_and_unpacked(string hex, string what) =>
        Assert.True(Everything(hex).GetList<int>("int32s") is [1, 2, 3], what);

    [Theory]
    [InlineData("B20203010203")]
    [InlineData("B00201B00202B00203")]
    public void A_field_that_is_written_unpacked_is_read_packed_too(string hex)
    {
        var message = Everything(hex);
        Assert.Equal([1, 2, 3], message.GetList<int>("unpacked"));
        Assert.Equal("B00201B00202B00203", Hex(message));
    }

    [Fact]
    public void Of_a_singular_field_the_last_value_wins() => Assert.Equal(3, Everything("280128022803")["an_int32"]);

    [Fact]
    public void A_zero_that_comes_last_wins_too() => Assert.False(Everything("28012800").Has("an_int32"));

    [Fact]
    public void Messages_of_a_singular_field_merge()
    {
        var message = (DynamicMessage)Everything("8A01022801" + "8A01024001")["a_message"]!;
        Assert.Equal(1, message["an_int32"]);
        Assert.Equal(true, message["a_bool"]);
    }

    [Fact]
    public void Messages_of_a_oneof_merge_unless_another_member_stands_between_them()
    {
        Assert.Equal("820404280140" + "01", Hex(Everything("8204022801" + "8204024001")));
        Assert.Equal("8204024001", Hex(Everything("8204022801" + "E80301" + "8204024001")));
    }

    [Fact]
    public void Of_a_oneof_the_last_member_wins()
    {
        var message = Everything("E80301" + "F2030178");
        Assert.False(message.Has("choice_int32"));
        Assert.Equal("x", message["choice_string"]);
    }

    [Fact]
    public void Numbers_take_the_low_bits_of_what_is_sent()
    {
        Assert.Equal(-1, Everything("28FFFFFFFF0F")["an_int32"]);
        Assert.Equal(-1, Everything("28FFFFFFFFFFFFFFFFFF01")["an_int32"]);
        Assert.Equal(1u, Everything("5881808080F0FFFFFFFF01")["a_uint32"]);
        Assert.Equal(true, Everything("408080808080808080800" + "1")["a_bool"]);
    }

    [Fact]
    public void Varints_may_be_longer_than_they_need() => Assert.Equal(1, Everything("28" + "81808000")["an_int32"]);

    [Fact]
    public void A_negative_int32_is_written_with_ten_bytes()
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        message["an_int32"] = -2;
        message["a_sint32"] = -2;
        message["a_color"] = -3;
        Assert.Equal("28FEFFFFFFFFFFFFFFFF01" + "60FDFFFFFFFFFFFFFFFF01" + "7803", Hex(message));
    }

    [Fact]
    public void A_known_field_with_another_wire_type_is_unknown()
    {
        var message = Everything("2D01020304");
        Assert.False(message.Has("an_int32"));
        Assert.Equal("2D01020304", Convert.ToHexString(message.UnknownFields.Span));
        Assert.Equal("2D01020304", Hex(message));
    }

    [Fact]
    public void Unknown_fields_are_kept_in_their_order_and_with_their_bytes()
    {
        const string Unknown = "C23E03616263" + "C33EC83E81808000CB3E0801CC3EC43E" + "C03E01" + "C13E0102030405060708" + "C53E01020304";
        Assert.Equal("2801" + Unknown, Hex(Everything(Unknown + "2801")));
        Assert.Empty(DynamicMessage.Parse(TestSchemas.Everything, Convert.FromHexString(Unknown), new ProtobufReadOptions { DiscardUnknownFields = true }).ToByteArray());
    }

    [Fact]
    public void An_open_enum_keeps_any_number() => Assert.Equal(77, Everything("604D")["a_color"]);

    [Fact]
    public void A_closed_enum_keeps_unknown_numbers_as_unknown_fields()
    {
        var message = Legacy("184D" + "2801" + "284D" + "2802" + "3203014D02");
        Assert.False(message.Has("shade"));
        Assert.Equal([1, 2], message.GetList<int>("shades"));
        Assert.Equal([1, 2], message.GetList<int>("packed_shades"));
        Assert.Equal("184D" + "284D" + "304D", Convert.ToHexString(message.UnknownFields.Span));
    }

    [Fact]
    public void A_closed_enum_in_a_oneof_that_is_unknown_leaves_the_oneof_alone()
    {
        var message = Legacy("AA010178" + "B8014D");
        Assert.Equal("x", message["text"]);
        Assert.Equal("B8014D", Convert.ToHexString(message.UnknownFields.Span));
    }

    [Fact]
    public void An_entry_with_an_unknown_value_of_a_closed_enum_is_unknown_as_a_whole()
    {
        var message = Legacy("72040801104D" + "720408021001");
        Assert.Equal([2], message.GetMap<int, int>("level_by_id").Keys);
        Assert.Equal("72040801104D", Convert.ToHexString(message.UnknownFields.Span));
    }

    [Fact]
    public void Entries_of_maps_may_lack_key_or_value_and_have_them_in_any_order()
    {
        Assert.Equal(0, Everything("C20400")["int64_by_int32"] is DynamicMap<int, long> empty ? empty[0] : -1);
        Assert.Equal(2, Everything("C20402" + "1002").GetMap<int, long>("int64_by_int32")[0]);
        Assert.Equal(2, Everything("C20404" + "10020801").GetMap<int, long>("int64_by_int32")[1]);
        Assert.Equal(3, Everything("C20408" + "0801080710021003").GetMap<int, long>("int64_by_int32")[7]);
        Assert.NotNull(Everything("E20402" + "0802").GetMap<int, DynamicMessage>("message_by_sint32")[1]);
    }

    [Fact]
    public void Of_entries_with_the_same_key_the_last_wins()
    {
        var map = Everything("C2040408011002" + "C2040408011003").GetMap<int, long>("int64_by_int32");
        Assert.Equal(3, Assert.Single(map).Value);
    }

    [Fact]
    public void Unknown_fields_of_an_entry_are_dropped() =>
        Assert.Equal("C2040408011002", Hex(Everything("C20406" + "1801" + "08011002")));

    [Fact]
    public void A_negative_zero_is_not_a_zero()
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        message["a_double"] = -0.0;
        Assert.Equal("090000000000000080", Hex(message));
    }

    [Fact]
    public void Groups_are_messages_between_two_tags()
    {
        var message = Legacy("3B" + "0805" + "1B0801" + "1C" + "3C");
        Assert.Equal(5, ((DynamicMessage)message["detail"]!)["depth"]);
        Assert.Equal("3B" + "0805" + "1B0801" + "1C" + "3C", Hex(message));
    }

    [Fact]
    public void Extensions_are_written_in_the_order_of_their_numbers()
    {
        var message = Legacy("B00901" + "A00605" + "0801");
        Assert.Equal(5, message.Get(TestSchemas.All.FindExtension("hawser.tests.old.ext_number")!));
        Assert.Equal("0801" + "A00605" + "B00901", Hex(message));
    }

    [Fact]
    public void Proto2_text_need_not_be_utf8()
    {
        var message = Legacy("1202C328");
        Assert.Equal("C328", Convert.ToHexString(message.Get<ReadOnlyMemory<byte>>("name").Span));
        Assert.Equal("1202C328", Hex(message));
    }

    [Fact]
    public void Deterministic_writing_sorts_the_keys_of_maps()
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        foreach (var key in new[] { 3, -1, 2 })
            message.GetMap<int, long>("int64_by_int32")[key] = 0;
        foreach (var key in new[] { ulong.MaxValue, 1UL })
            message.GetMap<ulong, uint>("uint32_by_fixed64")[key] = 0;
        var sorted = DynamicMessage.Parse(TestSchemas.Everything, message.ToByteArray(new ProtobufWriteOptions { Deterministic = true }));
        Assert.Equal([-1, 2, 3], sorted.GetMap<int, long>("int64_by_int32").Keys);
        Assert.Equal([1UL, ulong.MaxValue], sorted.GetMap<ulong, uint>("uint32_by_fixed64").Keys);
        Assert.Equal([3, -1, 2], DynamicMessage.Parse(TestSchemas.Everything, message.ToByteArray()).GetMap<int, long>("int64_by_int32").Keys);
    }

    private static DynamicMessage Everything(string hex) => DynamicMessage.Parse(TestSchemas.Everything, Convert.FromHexString(hex));

    private static DynamicMessage Legacy(string hex) => DynamicMessage.Parse(TestSchemas.Legacy, Convert.FromHexString(hex));

    private static string Hex(DynamicMessage message) => Convert.ToHexString(message.ToByteArray());
}
