namespace Hawser.Protobuf.Tests.Schemas;

public sealed class FeatureTests
{
    [Fact]
    public async Task Proto2_has_its_rules()
    {
        var schema = await CompileAsync("syntax = \"proto2\"; message A { optional string a = 1; repeated int32 b = 2; required E c = 3; } enum E { X = 1; }");
        var message = schema.FindMessage("A")!;
        Assert.True(message.FindField(1) is { HasPresence: true, ValidatesUtf8: false, IsRequired: false });
        Assert.True(message.FindField(2) is { HasPresence: false, IsPacked: false });
        Assert.True(message.FindField(3) is { IsRequired: true, EnumType.IsClosed: true });
        Assert.Equal(Edition.Proto2, message.File.Edition);
    }

    [Fact]
    public async Task Proto3_has_its_rules()
    {
        var schema = await CompileAsync("syntax = \"proto3\"; message A { string a = 1; repeated int32 b = 2; repeated int32 c = 3 [packed = false]; optional E d = 4; A e = 5; repeated string f = 6; } enum E { X = 0; }");
        var message = schema.FindMessage("A")!;
        Assert.True(message.FindField(1) is { HasPresence: false, ValidatesUtf8: true });
        Assert.True(message.FindField(2)!.IsPacked);
        Assert.False(message.FindField(3)!.IsPacked);
        Assert.True(message.FindField(4) is { HasPresence: true, EnumType.IsClosed: false });
        Assert.True(message.FindField(5)!.HasPresence);
        Assert.False(message.FindField(6)!.IsPacked);
    }

    [Fact]
    public async Task Edition_2023_has_its_defaults()
    {
        var schema = await CompileAsync("edition = \"2023\"; message A { string a = 1; repeated int32 b = 2; E c = 3; A d = 4; } enum E { X = 0; }");
        var message = schema.FindMessage("A")!;
        Assert.True(message.FindField(1) is { HasPresence: true, ValidatesUtf8: true, IsRequired: false });
        Assert.True(message.FindField(2)!.IsPacked);
        Assert.False(message.FindField(3)!.EnumType!.IsClosed);
        Assert.True(message.FindField(4) is { IsDelimited: false, Kind: FieldKind.Message });
        Assert.Equal(Edition.Edition2023, message.File.Edition);
    }

    [Fact]
    public async Task Features_of_a_file_are_inherited_and_overridden()
    {
        var schema = await CompileAsync("""
            edition = "2023";
            option features.field_presence = IMPLICIT;
            option features.enum_type = CLOSED;
            option features.repeated_field_encoding = EXPANDED;
            option features.utf8_validation = NONE;
            option features.message_encoding = DELIMITED;
            message A {
              int32 implicit = 1;
              int32 explicit = 2 [features.field_presence = EXPLICIT];
              int32 required = 3 [features.field_presence = LEGACY_REQUIRED];
              repeated int32 expanded = 4;
              repeated int32 packed = 5 [features.repeated_field_encoding = PACKED];
              string unchecked = 6;
              string checked = 7 [features.utf8_validation = VERIFY];
              A delimited = 8;
              A prefixed = 9 [features.message_encoding = LENGTH_PREFIXED];
              map<string, A> entries = 10;
              repeated A list = 11;
              oneof choice { int32 chosen = 12; }
              extensions 100;
              message Inner {
                string unchecked = 1;
                enum Open { option features.enum_type = OPEN; X = 0; }
              }
              enum Closed { Y = 1; }
            }
            extend A { string extension = 100; }
            """);
        var message = schema.FindMessage("A")!;
        FieldSchema Field(string name) => message.FindField(name)!;
        Assert.True(Field("implicit") is { HasPresence: false, IsRequired: false });
        Assert.True(Field("explicit").HasPresence);
        Assert.True(Field("required") is { HasPresence: true, IsRequired: true });
        Assert.False(Field("expanded").IsPacked);
        Assert.True(Field("packed").IsPacked);
        Assert.False(Field("unchecked").ValidatesUtf8);
        Assert.True(Field("checked").ValidatesUtf8);
        Assert.True(Field("delimited") is { IsDelimited: true, Kind: FieldKind.Group, Tag: (8 << 3) | 3 });
        Assert.True(Field("prefixed") is { IsDelimited: false, Kind: FieldKind.Message });
        Assert.True(Field("entries") is { IsDelimited: false, MapValue.IsDelimited: false, MapKey.ValidatesUtf8: false });
        Assert.True(Field("list").IsDelimited);
        Assert.True(Field("chosen").HasPresence);
        Assert.False(schema.FindMessage("A.Inner")!.FindField(1)!.ValidatesUtf8);
        Assert.False(schema.FindEnum("A.Inner.Open")!.IsClosed);
        Assert.True(schema.FindEnum("A.Closed")!.IsClosed);
        Assert.True(schema.FindExtension("extension") is { HasPresence: true, ValidatesUtf8: false });
    }

    [Fact]
    public async Task Edition_2024_is_read() =>
        Assert.Equal(Edition.Edition2024, (await CompileAsync("edition = \"2024\"; message A { int32 a = 1; }")).FindMessage("A")!.File.Edition);

    [Fact]
    public async Task Groups_are_delimited_messages()
    {
        var message = (await CompileAsync("syntax = \"proto2\"; message A { repeated group Item = 1 { optional int32 b = 1; } }")).FindMessage("A")!;
        Assert.True(message.FindField("item") is { IsDelimited: true, MessageType.FullName: "A.Item" });
    }

    [Fact]
    public async Task A_message_set_takes_any_number()
    {
        var schema = await CompileAsync("syntax = \"proto2\"; message S { option message_set_wire_format = true; extensions 4 to max; } message A { extend S { optional A a = 2147483646; } }");
        Assert.True(schema.FindMessage("S")!.IsMessageSet);
        Assert.Equal(int.MaxValue - 1, schema.FindExtension("A.a")!.Number);
    }

    private static Task<ProtoSchema> CompileAsync(string text) => ProtoCompiler.Default.CompileAsync(ProtoSources.FromText(text, "a.proto"));
}
