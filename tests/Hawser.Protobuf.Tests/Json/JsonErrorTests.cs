namespace Hawser.Protobuf.Tests;

/// <summary>JSON that is refused, and what is said about it.</summary>
public sealed class JsonErrorTests
{
    [Theory]
    [InlineData("""{"anInt32": "x"}""", "anInt32: expected a number, got \"x\"")]
    [InlineData("""{"aMessage": {"messages": [{}, {}, {"aDouble": "x"}]}}""", "aMessage.messages[2].aDouble: expected a number, got \"x\"")]
    [InlineData("""{"messageBySint32": {"7": {"aBool": 1}}}""", "messageBySint32[7].aBool: expected true or false, got 1")]
    [InlineData("""{"textByText": {"k": 1}}""", """textByText["k"]: expected a text, got 1""")]
    [InlineData("""{"int32s": [1, 2, null]}""", "int32s[2]: a repeated field cannot hold null")]
    [InlineData("""{"textByText": {"k": null}}""", """textByText["k"]: a map cannot hold null""")]
    [InlineData("""{"int32s": 1}""", "int32s: expected an array, got 1")]
    [InlineData("""{"textByText": []}""", "textByText: expected an object, got an array")]
    [InlineData("""{"aMessage": 1}""", "aMessage: expected an object, got 1")]
    [InlineData("[]", "expected an object, got an array")]
    [InlineData("""{"nothing": 1}""", "'hawser.tests.Everything' has no field \"nothing\"")]
    [InlineData("""{"aMessage": {"nothing": 1}}""", "aMessage: 'hawser.tests.Everything' has no field \"nothing\"")]
    [InlineData("""{"anInt32": 1, "anInt32": 2}""", "anInt32: the field stands twice")]
    [InlineData("""{"anInt32": 1, "an_int32": 2}""", "anInt32: the field stands twice")]
    [InlineData("""{"anInt32": null, "anInt32": 2}""", "anInt32: the field stands twice")]
    [InlineData("""{"textByText": {"k": "1", "k": "2"}}""", """textByText["k"]: the key stands twice""")]
    [InlineData("""{"choiceInt32": 1, "choiceString": "x"}""", "choiceString: the oneof 'choice' has 'choice_int32' already")]
    [InlineData("""{"anInt32": 2147483648}""", "anInt32: expected a number from -2147483648 to 2147483647, got 2147483648")]
    [InlineData("""{"anInt32": -2147483649}""", "anInt32: expected a number from -2147483648 to 2147483647, got -2147483649")]
    [InlineData("""{"aUint32": -1}""", "aUint32: expected a number from 0 to 4294967295, got -1")]
    [InlineData("""{"aUint64": "18446744073709551616"}""", "aUint64: expected an integer in the range of the field, got \"18446744073709551616\"")]
    [InlineData("""{"anInt32": 1.5}""", "anInt32: expected an integer in the range of the field, got 1.5")]
    [InlineData("""{"anInt32": true}""", "anInt32: expected a number, got true")]
    [InlineData("""{"aFloat": 3.5e38}""", "aFloat: expected a number from -3.4028235E+38 to 3.4028235E+38, got 3.5e38")]
    [InlineData("""{"aDouble": 1e309}""", "aDouble: expected a number from -1.7976931348623157E+308 to 1.7976931348623157E+308, got 1e309")]
    [InlineData("""{"aBool": "true"}""", "aBool: expected true or false, got \"true\"")]
    [InlineData("""{"aString": 1}""", "aString: expected a text, got 1")]
    [InlineData("""{"aBytes": "!"}""", "aBytes: expected bytes as base64, got \"!\"")]
    [InlineData("""{"aColor": "PINK"}""", "aColor: expected a value of the enum 'hawser.tests.Color', got \"PINK\"")]
    [InlineData("""{"textByBool": {"yes": "x"}}""", "textByBool: expected the key true or false, got \"yes\"")]
    [InlineData("""{"int64ByInt32": {"2147483648": 1}}""", "int64ByInt32: expected a key from -2147483648 to 2147483647, got \"2147483648\"")]
    [InlineData("""{"timestamp": "2026-13-01T00:00:00Z"}""", "timestamp: expected a timestamp such as \"2026-11-20T11:12:13.5Z\", got \"2026-13-01T00:00:00Z\"")]
    [InlineData("""{"duration": "1"}""", "duration: expected a duration such as \"1.5s\", got \"1\"")]
    [InlineData("""{"fieldMask": "a_b"}""", """fieldMask: the path "a_b" of a field mask is not lowerCamelCase""")]
    [InlineData("""{"fieldMask": "a,,b"}""", """fieldMask: the path "" of a field mask is not lowerCamelCase""")]
    [InlineData("""{"any": {"@type": "nonsense"}}""", "any: the type 'nonsense' of an Any is not a URL that ends in a slash and the name of a message")]
    [InlineData("""{"any": {"@type": "x/google.protobuf.Empty", "@type": "x/google.protobuf.Any"}}""", """any: the member "@type" of an Any stands twice""")]
    [InlineData("""{"any": {"@type": "x/hawser.tests.Everything", "@type": "x"}}""", """any: the member "@type" of an Any stands twice""")]
    [InlineData("""{"any": {"a": 1}}""", """any: an Any without "@type" must be empty""")]
    [InlineData("""{"any": {"@type": "x/google.protobuf.Duration"}}""", "any: an Any with a 'google.protobuf.Duration' needs the member \"value\"")]
    [InlineData("""{"any": {"@type": "x/google.protobuf.Duration", "value": 1}}""", """any: expected a duration such as "1.5s", got 1""")]
    [InlineData("""{"aString": "\ud800"}""", "aString: a text has half a surrogate pair or is not UTF-8")]
    public void What_is_refused_is_named_with_its_path(string json, string text)
    {
        var failure = Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, json, TestSchemas.Json));
        Assert.Equal(text, failure.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("""{"anInt32": 01}""")]
    [InlineData("""{"anInt32": +1}""")]
    [InlineData("""{"anInt32": 1,}""")]
    [InlineData("""{"anInt32": NaN}""")]
    [InlineData("""{'anInt32': 1}""")]
    [InlineData("""{"int32s": [1,]}""")]
    [InlineData("""{} // comment""")]
    public void What_is_not_json_is_refused(string json) =>
        Assert.Contains("this is not JSON", Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, json)).Message);

    [Fact]
    public void Broken_json_is_refused_with_the_path_where_it_breaks()
    {
        var failure = Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, """{"messages": [{}, {"anInt32": 1 2}]}"""));
        Assert.Equal("messages[1]", failure.Path);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        byte[] json = [.. "{\"aString\": \""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal("aString: the text is not UTF-8", Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, json)).Message);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused() =>
        Assert.Equal("the JSON has half a surrogate pair", Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, "{\"aString\": \"\ud800\"}")).Message);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Messages_nest_up_to_the_limit(int depth, bool isFine)
    {
        var json = string.Concat(Enumerable.Repeat("""{"messages":[""", depth)) + "{}" + string.Concat(Enumerable.Repeat("]}", depth));
        if (isFine)
            Assert.Equal(json, ProtoJson.ToText(ProtoJson.Parse(TestSchemas.Everything, json)));
        else
            Assert.Contains("MaxDepth", Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, json)).Message);
    }

    [Fact]
    public void Brackets_without_end_are_refused()
    {
        var json = """{"value":""" + new string('[', 100_000);
        Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, json));
        Assert.Throws<ProtoJsonException>(() => ProtoJson.Parse(TestSchemas.Everything, """{"nothing":""" + new string('[', 100_000), new ProtoJsonOptions { IgnoreUnknownFields = true }));
    }

    [Theory]
    [InlineData("timestamp", "seconds", 253_402_300_800L)]
    [InlineData("timestamp", "seconds", -62_135_596_801L)]
    [InlineData("duration", "seconds", 315_576_000_001L)]
    public void A_time_out_of_range_has_no_json_form(string field, string part, long value)
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        message.GetOrCreate(field)[part] = value;
        Assert.Equal(field, Assert.Throws<ProtoJsonException>(() => ProtoJson.ToText(message)).Path);
    }

    [Fact]
    public void A_message_without_json_form_is_named_with_its_path()
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        var inner = new DynamicMessage(TestSchemas.Everything);
        inner.GetOrCreate("any")["type_url"] = "x/unknown.Type";
        message.GetList<DynamicMessage>("messages").Add(inner);
        var failure = Assert.Throws<ProtoJsonException>(() => ProtoJson.ToText(message));
        Assert.Equal("messages[0].any: an Any holds the type 'x/unknown.Type', which is not known; give a schema that has it (ProtoJsonOptions.Types)", failure.Message);
    }

    [Theory]
    [InlineData("number_value", double.NaN)]
    [InlineData("number_value", double.PositiveInfinity)]
    public void A_value_that_is_no_json_number_has_no_json_form(string field, double number)
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        message.GetOrCreate("value")[field] = number;
        Assert.Throws<ProtoJsonException>(() => ProtoJson.ToText(message));
        message.GetOrCreate("value").Clear();
        Assert.Throws<ProtoJsonException>(() => ProtoJson.ToText(message));
    }

    [Theory]
    [InlineData("fooBar")]
    [InlineData("foo__bar")]
    [InlineData("foo_3")]
    [InlineData("foo_")]
    [InlineData("")]
    public void A_path_that_does_not_come_back_has_no_json_form(string path)
    {
        var message = new DynamicMessage(TestSchemas.Everything);
        message.GetOrCreate("field_mask").GetList<string>("paths").Add(path);
        Assert.Throws<ProtoJsonException>(() => ProtoJson.ToText(message));
    }
}
