namespace Hawser.Protobuf.Tests;

/// <summary>What the mapping accepts beyond what it writes.</summary>
public sealed class JsonReadingTests
{
    [Theory]
    [InlineData("""{"anInt32": 5}""")]
    [InlineData("""{"an_int32": 5}""")]
    [InlineData("""{"anInt32": "5"}""")]
    [InlineData("""{"anInt32": 5.0}""")]
    [InlineData("""{"anInt32": 5.00e0}""")]
    [InlineData("""{"anInt32": 0.5E1}""")]
    [InlineData("""{"anInt32": 50e-1}""")]
    [InlineData("""{"anInt32": 0.00005e+5}""")]
    [InlineData("""{"anInt32": "5.0"}""")]
    [InlineData("""{"anInt32": "\u0035"}""")]
    [InlineData("""{"\u0061nInt32": 5}""")]
    [InlineData("""{"anInt32": 5, "aString": null, "int32s": null, "textByText": null, "aMessage": null, "timestamp": null, "int32Value": null, "aColor": null}""")]
    [InlineData(" \t\r\n{ \"anInt32\" : 5 } ")]
    public void The_same_number_may_be_written_in_many_ways(string json)
    {
        var expected = new DynamicMessage(TestSchemas.Everything);
        expected["an_int32"] = 5;
        Assert.Equal(expected, ProtoJson.Parse(TestSchemas.Everything, json));
    }

    [Theory]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("\"-9223372036854775808\"", long.MinValue)]
    [InlineData("9.223372036854775807e18", long.MaxValue)]
    [InlineData("-0", 0L)]
    [InlineData("0e999999999999", 0L)]
    [InlineData("1e3", 1000L)]
    public void Integers_of_64_bits_are_exact(string number, long value) => Assert.Equal(value, Read($$"""{"anInt64": {{number}}}""")["an_int64"]);

    [Theory]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("1e19")]
    [InlineData("1e-1")]
    [InlineData("10000000000000000000000000000000.5")]
    [InlineData("0.00000000000000000000000000000000000000001")]
    [InlineData("\"1 \"")]
    [InlineData("\" 1\"")]
    [InlineData("\"\"")]
    [InlineData("\"0x1\"")]
    [InlineData("\"+1\"")]
    [InlineData("\"01\"")]
    [InlineData("\"1.\"")]
    [InlineData("\".5\"")]
    [InlineData("\"1e\"")]
    public void Other_integers_are_refused(string number) => Assert.Throws<ProtoJsonException>(() => Read($$"""{"anInt64": {{number}}}"""));

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("\"1.5\"", 1.5)]
    [InlineData("\"-1.5e-3\"", -1.5e-3)]
    [InlineData("\"NaN\"", double.NaN)]
    [InlineData("\"Infinity\"", double.PositiveInfinity)]
    [InlineData("\"-Infinity\"", double.NegativeInfinity)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("5e-324", double.Epsilon)]
    [InlineData("1e-400", 0.0)]
    public void Doubles_may_be_quoted(string number, double value) => Assert.Equal(value, Read($$"""{"maybeDouble": {{number}}}""")["maybe_double"]);

    [Theory]
    [InlineData("\"nan\"")]
    [InlineData("\"infinity\"")]
    [InlineData("\"+1\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1 \"")]
    [InlineData("\"\"")]
    [InlineData("\"1,5\"")]
    [InlineData("-1.8e308")]
    [InlineData("\"1e999\"")]
    public void Other_doubles_are_refused(string number) => Assert.Throws<ProtoJsonException>(() => Read($$"""{"aDouble": {{number}}}"""));

    [Fact]
    public void A_float_is_rounded_once() => Assert.Equal(1.00000012f, Read("""{"aFloat": 1.000000059604644776}""")["a_float"]);

    [Theory]
    [InlineData("", "")]
    [InlineData("AQI=", "0102")]
    [InlineData("AQI", "0102")]
    [InlineData("-_8=", "FBFF")]
    [InlineData("-_8", "FBFF")]
    [InlineData("+/8=", "FBFF")]
    [InlineData("+/8", "FBFF")]
    [InlineData("\\u002b\\/8=", "FBFF")]
    [InlineData("AQID", "010203")]
    public void Bytes_may_have_either_alphabet_with_padding_or_without(string base64, string hex) =>
        Assert.Equal(hex, Convert.ToHexString(Read($$"""{"aBytes": "{{base64}}"}""").Get<ReadOnlyMemory<byte>>("a_bytes").Span));

    [Theory]
    [InlineData("A")]
    [InlineData("AQ=")]
    [InlineData("AQI==")]
    [InlineData("A===")]
    [InlineData("AQ ID")]
    [InlineData(" AQID")]
    [InlineData("AQ==AQ==")]
    [InlineData("AQ%3D")]
    [InlineData("====")]
    [InlineData("A QI")]
    public void Other_bytes_are_refused(string base64) => Assert.Throws<ProtoJsonException>(() => Read($$"""{"aBytes": "{{base64}}"}"""));

    [Theory]
    [InlineData("\"COLOR_GREEN\"", 2)]
    [InlineData("2", 2)]
    [InlineData("2.0", 2)]
    [InlineData("77", 77)]
    [InlineData("-3", -3)]
    public void Enums_may_be_names_or_numbers(string value, int number) => Assert.Equal(number, Read($$"""{"aColor": {{value}}}""")["a_color"]);

    [Theory]
    [InlineData("\"2\"")]
    [InlineData("\"color_green\"")]
    [InlineData("2.5")]
    [InlineData("2147483648")]
    public void Other_enums_are_refused(string value) => Assert.Throws<ProtoJsonException>(() => Read($$"""{"aColor": {{value}}}"""));

    [Fact]
    public void A_closed_enum_takes_no_unknown_number() => Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Legacy, """{"shade": 77}"""));

    [Fact]
    public void Unknown_things_are_passed_over_when_told_so()
    {
        var options = new ProtoJsonOptions { IgnoreUnknownFields = true };
        var message = ProtoJson.Parse(
            TestSchemas.Everything,
            """{"nothing": {"a": [1, {"b": null}]}, "aColor": "PINK", "colors": ["COLOR_RED", "PINK"], "colorByUint64": {"1": "PINK", "2": "COLOR_RED"}, "aBool": true}""",
            options);
        Assert.Equal("""{"aBool":true,"colors":["COLOR_RED"],"colorByUint64":{"2":"COLOR_RED"}}""", ProtoJson.ToText(message));
        Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, """{"aColor": true}""", options));
    }

    [Fact]
    public void Null_in_a_oneof_leaves_the_other_member()
    {
        Assert.Equal("x", Read("""{"choiceInt32": null, "choiceString": "x"}""")["choice_string"]);
        Assert.Equal("x", Read("""{"choiceString": "x", "choiceInt32": null}""")["choice_string"]);
    }

    [Fact]
    public void Null_is_a_value_where_it_can_be_one()
    {
        Assert.Equal("choice_null", Read("""{"choiceNull": null}""").GetCase(TestSchemas.Everything.Oneofs[0])!.Name);
        Assert.Equal("""{"value":null,"values":[null,1]}""", ProtoJson.ToText(Read("""{"value": null, "values": [null, 1]}""")));
        Assert.Equal("""{"valueByText":{"a":null}}""", ProtoJson.ToText(Read("""{"valueByText": {"a": null}}""")));
        Assert.False(Read("""{"listValue": null, "struct": null}""").Has("list_value"));
    }

    [Fact]
    public void A_zero_in_a_field_with_presence_is_present()
    {
        var message = Read("""{"maybeInt32": 0, "maybeString": "", "choiceDouble": 0, "int32Value": 0}""");
        Assert.Equal("""{"maybeInt32":0,"maybeString":"","choiceDouble":0,"int32Value":0}""", ProtoJson.ToText(message));
    }

    [Fact]
    public void Extensions_go_by_their_full_names_in_brackets()
    {
        const string Json = """{"id":1,"[hawser.tests.old.ext_number]":5,"[hawser.tests.old.ext_texts]":["a"],"[hawser.tests.old.Scope.scoped_shade]":"SHADE_DARK"}""";
        Assert.Equal(Json, ProtoJson.ToText(ProtoJson.Parse(TestSchemas.Legacy, Json)));
        Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Legacy, """{"[hawser.tests.old.nothing]": 1}"""));
        Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Legacy, """{"ext_number": 1}"""));
    }

    [Fact]
    public void Keys_of_maps_are_read_by_their_kind()
    {
        var message = Read("""{"int64ByInt32": {"-1": "2"}, "colorByUint64": {"18446744073709551615": 1}, "textByBool": {"true": "x", "false": "y"}}""");
        Assert.Equal(2, message.GetMap<int, long>("int64_by_int32")[-1]);
        Assert.Equal(1, message.GetMap<ulong, int>("color_by_uint64")[ulong.MaxValue]);
        Assert.Equal("y", message.GetMap<bool, string>("text_by_bool")[false]);
    }

    private static DynamicMessage Read(string json) => ProtoJson.Parse(TestSchemas.Everything, json, TestSchemas.Json);
}
