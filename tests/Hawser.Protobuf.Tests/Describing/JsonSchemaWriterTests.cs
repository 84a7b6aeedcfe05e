using System.Text.Json.Nodes;

namespace Hawser.Protobuf.Tests.Describing;

public sealed class JsonSchemaWriterTests
{
    [Theory]
    [InlineData("double", """{"anyOf":[{"type":"number"},{"enum":["NaN","Infinity","-Infinity"]}]}""")]
    [InlineData("int32", """{"type":"integer","minimum":-2147483648,"maximum":2147483647}""")]
    [InlineData("fixed32", """{"type":"integer","minimum":0,"maximum":4294967295}""")]
    [InlineData("sint64", """{"type":["string","integer"],"pattern":"^-?[0-9]{1,19}$"}""")]
    [InlineData("uint64", """{"type":["string","integer"],"pattern":"^[0-9]{1,20}$"}""")]
    [InlineData("bool", """{"type":"boolean"}""")]
    [InlineData("string", """{"type":"string"}""")]
    [InlineData("bytes", """{"type":"string","contentEncoding":"base64"}""")]
    [InlineData("repeated string", """{"type":"array","items":{"type":"string"}}""")]
    [InlineData("map<string, bool>", """{"type":"object","additionalProperties":{"type":"boolean"}}""")]
    [InlineData("map<int32, bool>", """{"type":"object","propertyNames":{"pattern":"^-?[0-9]+$"},"additionalProperties":{"type":"boolean"}}""")]
    [InlineData("map<bool, bool>", """{"type":"object","propertyNames":{"enum":["true","false"]},"additionalProperties":{"type":"boolean"}}""")]
    [InlineData("google.protobuf.Timestamp", """{"type":"string","format":"date-time"}""")]
    [InlineData("google.protobuf.Duration", """{"type":"string","pattern":"^-?[0-9]{1,12}(\\.[0-9]{1,9})?s$"}""")]
    [InlineData("google.protobuf.FieldMask", """{"type":"string"}""")]
    [InlineData("google.protobuf.Struct", """{"type":"object"}""")]
    [InlineData("google.protobuf.Value", "{}")]
    [InlineData("google.protobuf.ListValue", """{"type":"array"}""")]
    [InlineData("google.protobuf.NullValue", """{"type":"null"}""")]
    [InlineData("google.protobuf.Empty", """{"type":"object","additionalProperties":false}""")]
    [InlineData("google.protobuf.StringValue", """{"type":"string"}""")]
    [InlineData("google.protobuf.Int64Value", """{"type":["string","integer"],"pattern":"^-?[0-9]{1,19}$"}""")]
    [InlineData("google.protobuf.Any", """{"type":"object","properties":{"@type":{"type":"string"}},"required":["@type"]}""")]
    [InlineData("Kind", """{"$ref":"#/$defs/Kind"}""")]
    [InlineData("A", """{"$ref":"#"}""")]
    [InlineData("Other", """{"$ref":"#/$defs/Other"}""")]
    public async Task Each_type_has_its_schema(string type, string expected)
    {
        var schema = await SchemaOfAAsync($$"""
            syntax = "proto3";
            import "google/protobuf/any.proto";
            import "google/protobuf/duration.proto";
            import "google/protobuf/empty.proto";
            import "google/protobuf/field_mask.proto";
            import "google/protobuf/struct.proto";
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/wrappers.proto";
            message A { {{type}} b = 1; }
            message Other { A back = 1; Other self = 2; }
            enum Kind { NONE = 0; }
            """);
        Assert.Equal(expected, schema["properties"]!["b"]!.ToJsonString(Relaxed));
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema["$schema"]!.GetValue<string>());
    }

    [Fact]
    public async Task Definitions_refer_to_one_another()
    {
        var schema = await SchemaOfAAsync("syntax = \"proto3\"; package p; message A { B b = 1; } message B { A a = 1; B b = 2; C c = 3; } enum C { NONE = 0; ONE = 1; }");
        var definitions = schema["$defs"]!.AsObject();
        Assert.Equal(["p.B", "p.C"], definitions.Select(definition => definition.Key));
        Assert.Equal("#", definitions["p.B"]!["properties"]!["a"]!["$ref"]!.GetValue<string>());
        Assert.Equal("#/$defs/p.B", definitions["p.B"]!["properties"]!["b"]!["$ref"]!.GetValue<string>());
        Assert.Equal("""[{"enum":["NONE","ONE"]},{"type":"integer","minimum":-2147483648,"maximum":2147483647}]""", definitions["p.C"]!["anyOf"]!.ToJsonString());
    }

    [Fact]
    public async Task Closed_enums_and_required_fields_are_strict()
    {
        var schema = await SchemaOfAAsync("syntax = \"proto2\"; message A { required C c = 1; optional int32 long_name = 2; } enum C { ONE = 1; }");
        Assert.Equal("""["c"]""", schema["required"]!.ToJsonString());
        Assert.Equal("""{"title":"C","enum":["ONE"]}""", schema["$defs"]!["C"]!.ToJsonString());
        Assert.NotNull(schema["properties"]!["longName"]);
        Assert.False(schema["additionalProperties"]!.GetValue<bool>());
    }

    [Fact]
    public async Task At_most_one_field_of_a_oneof_is_allowed()
    {
        var schema = await SchemaOfAAsync("syntax = \"proto3\"; message A { oneof x { int32 b = 1; string c = 2; } optional int32 d = 3; }");
        Assert.Equal(
            """[{"oneOf":[{"required":["b"]},{"required":["c"]},{"not":{"anyOf":[{"required":["b"]},{"required":["c"]}]}}]}]""",
            schema["allOf"]!.ToJsonString());
    }

    [Fact]
    public async Task Comments_are_descriptions()
    {
        var schema = await SchemaOfAAsync("""
            syntax = "proto3";
            // Says
            // much.
            message A {
              int32 b = 1; // Little.
              int32 c = 2 [deprecated = true];
            }
            """);
        Assert.Equal("Says\nmuch.", schema["description"]!.GetValue<string>());
        Assert.Equal("Little.", schema["properties"]!["b"]!["description"]!.GetValue<string>());
        Assert.True(schema["properties"]!["c"]!["deprecated"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Extensions_are_named_in_brackets()
    {
        var schema = await SchemaOfAAsync("syntax = \"proto2\"; package p; message A { extensions 5; } extend A { optional bool more = 5; }");
        Assert.Equal("""{"type":"boolean"}""", schema["properties"]!["[p.more]"]!.ToJsonString());
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<JsonObject> SchemaOfAAsync(string text)
    {
        var schema = await ProtoCompiler.Default.CompileAsync(ProtoSources.FromText(text, "a.proto"));
        var message = schema.FindFile("a.proto")!.Messages[0];
        Assert.Equal(JsonNode.Parse(JsonSchemaWriter.Write(message))!.ToJsonString(), JsonNode.Parse(JsonSchemaWriter.Write(message, indented: true))!.ToJsonString());
        return JsonNode.Parse(JsonSchemaWriter.Write(message))!.AsObject();
    }
}
