using System.Globalization;

namespace Hawser.Protobuf.Tests;

/// <summary>The JSON that is written, byte by byte.</summary>
public sealed class JsonWritingTests
{
    private readonly DynamicMessage message = new(TestSchemas.Everything);

    [Theory]
    [InlineData("a_double", 1.0, "\"aDouble\":1")]
    [InlineData("a_double", 0.1, "\"aDouble\":0.1")]
    [InlineData("a_double", -0.0, "\"aDouble\":-0")]
    [InlineData("a_double", 1e300, "\"aDouble\":1E+300")]
    [InlineData("a_double", double.NaN, "\"aDouble\":\"NaN\"")]
    [InlineData("a_double", double.NegativeInfinity, "\"aDouble\":\"-Infinity\"")]
    [InlineData("a_float", 0.1f, "\"aFloat\":0.1")]
    [InlineData("a_float", float.PositiveInfinity, "\"aFloat\":\"Infinity\"")]
    [InlineData("an_int64", long.MinValue, "\"anInt64\":\"-9223372036854775808\"")]
    [InlineData("a_uint64", ulong.MaxValue, "\"aUint64\":\"18446744073709551615\"")]
    [InlineData("a_fixed32", uint.MaxValue, "\"aFixed32\":4294967295")]
    [InlineData("an_int32", -1, "\"anInt32\":-1")]
    [InlineData("a_bool", true, "\"aBool\":true")]
    [InlineData("a_color", 1, "\"aColor\":\"COLOR_RED\"")]
    [InlineData("a_color", 9, "\"aColor\":9")]
    [InlineData("a_string", "a\"\\/\b\f\n\r\t\u0001ü\u2028", "\"aString\":\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001ü\u2028\"")]
    [InlineData("_leading_underscore", "x", "\"LeadingUnderscore\":\"x\"")]
    [InlineData("field_with_2_digits", "x", "\"fieldWith2Digits\":\"x\"")]
    [InlineData("renamed", "x", "\"another \\u0022name\\u0022\":\"x\"")]
    public void Each_kind_has_its_form(string field, object value, string json)
    {
        message[field] = value;
        Assert.Equal($"{{{json}}}", ProtoJson.ToText(message));
    }

    [Fact]
    public void An_empty_message_is_an_empty_object() => Assert.Equal("{}", ProtoJson.ToText(message));

    [Fact]
    public void Bytes_are_base64_with_padding()
    {
        message["a_bytes"] = new byte[] { 0xFB, 0xFF };
        Assert.Equal("""{"aBytes":"+/8="}""", ProtoJson.ToText(message));
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NegativeSign = "minus ";
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = culture;
        try
        {
            message["a_double"] = -1.5;
            message["a_float"] = -2.5f;
            message["an_int64"] = -3L;
            const string Json = """{"aDouble":-1.5,"aFloat":-2.5,"anInt64":"-3"}""";
            Assert.Equal(Json, ProtoJson.ToText(message));
            Assert.Equal(message, ProtoJson.Parse(TestSchemas.Everything, Json));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Integers_of_64_bits_may_be_numbers()
    {
        message["an_int64"] = 5L;
        message["uint64s"] = new[] { ulong.MaxValue };
        Assert.Equal("""{"anInt64":5,"uint64s":[18446744073709551615]}""", ProtoJson.ToText(message, new ProtoJsonOptions { Int64AsNumbers = true }));
    }

    [Fact]
    public void Indented_json_has_a_line_for_every_value()
    {
        message["an_int32"] = 1;
        message["int32s"] = new[] { 1, 2 };
        message.GetOrCreate("a_message");
        message.GetMap<string, string>("text_by_text")["k"] = "v";
        Assert.Equal(
            """
            {
              "anInt32": 1,
              "aMessage": {},
              "int32s": [
                1,
                2
              ],
              "textByText": {
                "k": "v"
              }
            }
            """.ReplaceLineEndings("\n"),
            ProtoJson.ToText(message, new ProtoJsonOptions { Indented = true }));
    }

    [Fact]
    public void Defaults_are_those_of_fields_without_presence()
    {
        var legacy = new DynamicMessage(TestSchemas.Legacy);
        Assert.Equal(
            """{"shades":[],"packedShades":[],"line":[],"numbers":[],"packedNumbers":[],"others":[],"byName":{},"levelById":{}}""",
            ProtoJson.ToText(legacy, new ProtoJsonOptions { IncludeDefaults = true }));
    }

    [Theory]
    [InlineData(0, 0, "1970-01-01T00:00:00Z")]
    [InlineData(-1, 999_999_999, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(0, 10_000_000, "1970-01-01T00:00:00.010Z")]
    [InlineData(0, 10_000, "1970-01-01T00:00:00.000010Z")]
    [InlineData(-62_135_596_800, 0, "0001-01-01T00:00:00Z")]
    [InlineData(253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z")]
    [InlineData(951_782_400, 0, "2000-02-29T00:00:00Z")]
    public void Timestamps_are_rfc_3339(long seconds, int nanos, string text)
    {
        message.GetOrCreate("timestamp")["seconds"] = seconds;
        message.GetOrCreate("timestamp")["nanos"] = nanos;
        var json = $$"""{"timestamp":"{{text}}"}""";
        Assert.Equal(json, ProtoJson.ToText(message));
        Assert.Equal(message, ProtoJson.Parse(TestSchemas.Everything, json));
    }

    [Theory]
    [InlineData("1970-01-01T01:00:00+01:00", 0, 0)]
    [InlineData("1969-12-31T16:00:00.5-08:00", 0, 500_000_000)]
    [InlineData("1970-01-01T00:00:00.123456789Z", 0, 123_456_789)]
    public void Timestamps_are_read_with_offsets(string text, long seconds, int nanos)
    {
        var timestamp = (DynamicMessage)ProtoJson.Parse(TestSchemas.Everything, $$"""{"timestamp":"{{text}}"}""")["timestamp"]!;
        Assert.Equal(seconds, timestamp["seconds"]);
        Assert.Equal(nanos, timestamp["nanos"]);
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00")]
    [InlineData("1970-01-01t00:00:00Z")]
    [InlineData("1970-01-01 00:00:00Z")]
    [InlineData("1970-01-01T00:00:00z")]
    [InlineData("1970-01-01T00:00:60Z")]
    [InlineData("1970-01-01T24:00:00Z")]
    [InlineData("1970-02-29T00:00:00Z")]
    [InlineData("1970-01-01T00:00:00.Z")]
    [InlineData("1970-01-01T00:00:00.1234567890Z")]
    [InlineData("1970-01-01T00:00:00+1:00")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("10000-01-01T00:00:00Z")]
    [InlineData("")]
    public void Other_timestamps_are_refused(string text) =>
        Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, $$"""{"timestamp":"{{text}}"}"""));

    [Theory]
    [InlineData(0, 0, "0s")]
    [InlineData(1, 500_000_000, "1.500s")]
    [InlineData(0, -1, "-0.000000001s")]
    [InlineData(-3, -5_000, "-3.000005s")]
    [InlineData(315_576_000_000, 999_999_999, "315576000000.999999999s")]
    public void Durations_are_seconds(long seconds, int nanos, string text)
    {
        message.GetOrCreate("duration")["seconds"] = seconds;
        message.GetOrCreate("duration")["nanos"] = nanos;
        var json = $$"""{"duration":"{{text}}"}""";
        Assert.Equal(json, ProtoJson.ToText(message));
        Assert.Equal(message, ProtoJson.Parse(TestSchemas.Everything, json));
    }

    [Theory]
    [InlineData("s")]
    [InlineData("1.s")]
    [InlineData("--1s")]
    [InlineData("+1s")]
    [InlineData("-+1s")]
    [InlineData("1.0000000001s")]
    [InlineData("315576000001s")]
    [InlineData("99999999999999999999s")]
    [InlineData("1 s")]
    public void Other_durations_are_refused(string text) =>
        Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, $$"""{"duration":"{{text}}"}"""));

    [Fact]
    public void Well_known_types_have_their_forms()
    {
        const string Json = """
            {"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"},"fieldMask":"a,fooBar.bazQux","struct":{"a":[1,"x",true,null,{}]},"value":1.5,"listValue":[],"empty":{},"int64Value":"5","boolValue":false,"stringValue":"","bytesValue":"AQI="}
            """;
        Assert.Equal(Json, ProtoJson.ToText(ProtoJson.Parse(TestSchemas.Everything, Json, TestSchemas.Json), TestSchemas.Json));
    }

    [Theory]
    [InlineData("""{"any":{}}""", """{"any":{}}""")]
    [InlineData("""{"any":{"anInt32":5,"@type":"x/hawser.tests.Everything"}}""", """{"any":{"@type":"x/hawser.tests.Everything","anInt32":5}}""")]
    [InlineData("""{"any":{"value":"1s","@type":"x/google.protobuf.Duration"}}""", """{"any":{"@type":"x/google.protobuf.Duration","value":"1s"}}""")]
    [InlineData("""{"any":{"@type":"x/google.protobuf.Empty"}}""", """{"any":{"@type":"x/google.protobuf.Empty","value":{}}}""")]
    [InlineData("""{"any":{"@type":"x/hawser.tests.Everything","any":{"@type":"x/google.protobuf.Any","value":{"@type":"x/google.protobuf.BoolValue","value":true}}}}""", null)]
    public void An_any_shows_what_it_holds(string json, string? written) =>
        Assert.Equal(written ?? json, ProtoJson.ToText(ProtoJson.Parse(TestSchemas.Everything, json, TestSchemas.Json), TestSchemas.Json));

    [Fact]
    public void Text_that_is_not_utf8_is_written_with_replacement_characters()
    {
        var legacy = DynamicMessage.Parse(TestSchemas.Legacy, [0x12, 0x02, 0xC3, 0x28]);
        Assert.Equal("{\"name\":\"\uFFFD(\"}", ProtoJson.ToText(legacy));
    }

    [Fact]
    public void Groups_are_objects()
    {
        const string Json = """{"detail":{"depth":5,"inner":{"deep":true}},"line":[{"amount":"1"}],"pair":{"left":1}}""";
        Assert.Equal(Json, ProtoJson.ToText(ProtoJson.Parse(TestSchemas.Legacy, Json)));
    }
}
