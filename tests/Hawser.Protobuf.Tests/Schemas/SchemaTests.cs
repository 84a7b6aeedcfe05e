namespace Hawser.Protobuf.Tests.Schemas;

public sealed class SchemaTests
{
    [Fact]
    public async Task Fields_are_found_by_number_and_by_every_name()
    {
        var message = (await CompileAsync("syntax = \"proto3\"; message A { int32 long_name = 1; string far = 500000000; int32 x = 3 [json_name = \"why?\"]; }")).FindMessage("A")!;
        Assert.Equal("long_name", message.FindField(1)!.Name);
        Assert.Equal("far", message.FindField(500_000_000)!.Name);
        Assert.Null(message.FindField(2));
        Assert.Null(message.FindField(-1));
        Assert.Equal(1, message.FindField("long_name")!.Number);
        Assert.Null(message.FindField("longName"));
        Assert.Equal(1, message.FindFieldByJson("longName")!.Number);
        Assert.Equal(1, message.FindFieldByJson("long_name"u8)!.Number);
        Assert.Equal(3, message.FindFieldByJson("why?"u8)!.Number);
        Assert.Null(message.FindFieldByJson("other"u8));
        Assert.Equal([0, 1, 2], message.Fields.Select(field => field.Index));
    }

    [Fact]
    public async Task A_JSON_name_wins_over_another_field_s_name()
    {
        var message = (await CompileAsync("syntax = \"proto2\"; message A { optional int32 b = 1 [json_name = \"c\"]; optional int32 c = 2 [json_name = \"d\"]; }")).FindMessage("A")!;
        Assert.Equal(1, message.FindFieldByJson("c")!.Number);
        Assert.Equal(2, message.FindField("c")!.Number);
    }

    [Fact]
    public async Task Tags_are_those_of_the_wire()
    {
        var message = (await CompileAsync("""
            syntax = "proto2";
            message A {
              optional int32 a = 1;
              repeated int32 unpacked = 2;
              repeated int32 packed = 3 [packed = true];
              optional group G = 16 {}
              optional fixed64 f = 536870911;
              optional sfixed32 s = 4;
              optional string t = 5;
            }
            """)).FindMessage("A")!;
        Assert.Equal([0x08u, 0x10, 0x1A, 0x83, 0xFFFFFFF9, 0x25, 0x2A], message.Fields.Select(field => field.Tag));
        Assert.Equal([0x83, 0x01], message.FindField(16)!.TagBytes.ToArray());
        Assert.Equal([0xF9, 0xFF, 0xFF, 0xFF, 0x0F], message.FindField(536870911)!.TagBytes.ToArray());
    }

    [Fact]
    public async Task Defaults_are_values()
    {
        var message = (await CompileAsync("""
            syntax = "proto2";
            message A {
              optional double a = 1 [default = -inf];
              optional float b = 2 [default = 1.5];
              optional int64 c = 3 [default = -9223372036854775808];
              optional uint64 d = 4 [default = 18446744073709551615];
              optional bool e = 5 [default = true];
              optional string f = 6 [default = "\303\251\n"];
              optional bytes g = 7 [default = "\000\377\x41\n\"'\\é"];
              optional Color h = 8 [default = BLUE];
              optional Color i = 9;
              optional string j = 10;
              optional A k = 11;
              repeated int32 l = 12;
              optional double m = 13 [default = nan];
              optional uint32 n = 14;
            }
            enum Color { RED = 3; BLUE = -4; }
            """)).FindMessage("A")!;
        object? Default(string name) => message.FindField(name)!.DefaultValue;
        Assert.Equal(double.NegativeInfinity, Default("a"));
        Assert.Equal(1.5f, Default("b"));
        Assert.Equal(long.MinValue, Default("c"));
        Assert.Equal(ulong.MaxValue, Default("d"));
        Assert.Equal(true, Default("e"));
        Assert.Equal("é\n", Default("f"));
        Assert.Equal([0, 255, 0x41, 10, (byte)'"', (byte)'\'', (byte)'\\', 0xC3, 0xA9], Assert.IsType<ReadOnlyMemory<byte>>(Default("g")).ToArray());
        Assert.Equal(-4, Default("h"));
        Assert.Equal(3, Default("i"));
        Assert.Equal("", Default("j"));
        Assert.Null(Default("k"));
        Assert.Null(Default("l"));
        Assert.Equal(double.NaN, Default("m"));
        Assert.Equal(0u, Default("n"));
    }

    [Fact]
    public async Task Enums_know_numbers_names_and_aliases()
    {
        var schema = await CompileAsync("syntax = \"proto2\"; message A { enum E { option allow_alias = true; X = 2; Y = 2; Z = -1; } }");
        var type = schema.FindEnum("A.E")!;
        Assert.Equal("X", type.FindValue(2)!.Name);
        Assert.Equal(-1, type.FindValue("Z"u8)!.Number);
        Assert.Null(type.FindValue(7));
        Assert.Equal(2, type.DefaultNumber);
        Assert.True(type.IsClosed);
        Assert.Equal("A.Z", type.FindValue("Z")!.FullName);
    }

    [Fact]
    public async Task Maps_have_keys_and_values()
    {
        var field = (await CompileAsync("syntax = \"proto3\"; message A { map<sint32, A> b = 1; }")).FindMessage("A")!.FindField(1)!;
        Assert.True(field.IsMap && field.IsRepeated && field.MessageType!.IsMapEntry && !field.HasPresence);
        Assert.Equal(FieldKind.SInt32, field.MapKey!.Kind);
        Assert.Equal("A", field.MapValue!.MessageType!.FullName);
    }

    [Fact]
    public async Task Oneofs_tell_real_from_synthetic()
    {
        var message = (await CompileAsync("syntax = \"proto3\"; message A { optional int32 a = 1; oneof x { int32 b = 2; A c = 3; } int32 d = 4; }")).FindMessage("A")!;
        Assert.Equal([("x", false), ("_a", true)], message.Oneofs.Select(oneof => (oneof.Name, oneof.IsSynthetic)));
        Assert.Equal(["b", "c"], message.Oneofs[0].Fields.Select(field => field.Name));
        Assert.Equal([true, true, true, false], message.Fields.Select(field => field.HasPresence));
    }

    [Fact]
    public async Task Extensions_are_found_by_number_and_by_name()
    {
        var schema = await CompileAsync("""
            syntax = "proto2";
            package p;
            message A { extensions 100 to 200; message S { extend A { optional S inside = 150; } } }
            extend A { repeated int32 more = 100 [packed = true]; }
            """);
        var message = schema.FindMessage("p.A")!;
        var more = schema.FindExtension(message, 100)!;
        Assert.Same(more, schema.FindExtension("p.more"));
        Assert.True(more is { IsExtension: true, IsPacked: true, Index: -1, JsonName: "[p.more]", Scope: null });
        Assert.Same(message, more.ContainingType);
        Assert.Equal("p.A.S", schema.FindExtension("p.A.S.inside")!.Scope!.FullName);
        Assert.Equal([100, 150], schema.FindExtensions(message).Select(extension => extension.Number));
        Assert.Null(message.FindField(100));
        Assert.Null(schema.FindExtension(message, 101));
        Assert.Null(schema.FindExtension("p.A"));
    }

    [Fact]
    public async Task Services_have_methods_as_calls_know_them()
    {
        var schema = await CompileAsync("syntax = \"proto3\"; package p; message A {} service S { rpc One(A) returns (A); rpc Many(stream A) returns (stream A); }");
        Assert.Equal(new Method("p.S/One"), schema.FindMethod("p.S/One")!.ToMethod());
        Assert.Equal(new Method("p.S/Many", Body.Stream, Body.Stream), schema.FindMethod("p.S.Many")!.ToMethod());
        Assert.Equal("p.A", schema.FindService("p.S")!.FindMethod("One")!.Input.FullName);
        Assert.Null(schema.FindMethod("p.S/None"));
    }

    [Fact]
    public async Task Files_are_found_by_any_symbol()
    {
        var schema = await CompileAsync("syntax = \"proto3\"; package p; message A { int32 b = 1; oneof o { int32 c = 2; } } enum E { X = 0; } service S { rpc M(A) returns (A); }");
        Assert.All(["p.A", "p.A.b", "p.A.o", "p.E", "p.X", "p.S", "p.S.M", "p.S/M"], symbol => Assert.Equal("a.proto", schema.FindFileOf(symbol)?.Name));
        Assert.Null(schema.FindFileOf("p"));
        Assert.Null(schema.FindFileOf("A"));
    }

    [Fact]
    public async Task A_public_import_passes_types_on()
    {
        var schema = await ProtoCompiler.Default.CompileAsync(new ProtoSources()
            .AddText("a.proto", "syntax = \"proto3\"; import \"b.proto\"; message A { C c = 1; }")
            .AddText("b.proto", "syntax = \"proto3\"; import public \"c.proto\";")
            .AddText("c.proto", "syntax = \"proto3\"; message C {}"));
        Assert.Equal("C", schema.FindMessage("A")!.FindField(1)!.MessageType!.FullName);
        Assert.Equal(["c.proto", "b.proto", "a.proto"], schema.Files.Select(file => file.Name));
        Assert.Equal(["c.proto"], schema.FindFile("b.proto")!.PublicDependencies.Select(file => file.Name));
    }

    [Fact]
    public async Task A_descriptor_set_comes_back_byte_for_byte()
    {
        var schema = await CompileAsync("syntax = \"proto3\"; import \"google/protobuf/any.proto\"; message A { google.protobuf.Any b = 1; }");
        var again = ProtoSchema.FromDescriptorSet(schema.ToDescriptorSet());
        Assert.Equal(schema.ToDescriptorSet(), again.ToDescriptorSet());
        Assert.Equal(WellKnownType.Any, again.FindMessage("A")!.FindField(1)!.MessageType!.WellKnownType);
    }

    [Fact]
    public async Task Well_known_imports_may_be_absent_from_a_descriptor_set()
    {
        var schema = await CompileAsync("syntax = \"proto3\"; import \"google/protobuf/type.proto\"; message A { google.protobuf.Type b = 1; }");
        var alone = ProtoSchema.FromFiles([schema.FindFile("a.proto")!.Proto]);
        Assert.NotNull(alone.FindFile("google/protobuf/source_context.proto"));
        Assert.Equal("google.protobuf.Type", alone.FindMessage("A")!.FindField(1)!.MessageType!.FullName);
    }

    [Fact]
    public async Task Schemas_are_merged_by_file()
    {
        var first = await CompileAsync("syntax = \"proto2\"; message A { extensions 1; }");
        var second = ProtoSchema.FromFiles([new() { Name = "b.proto", Package = "p", MessageType = { new Google.Protobuf.Reflection.DescriptorProto { Name = "B" } } }]);
        var both = first.Merge(second);
        Assert.NotNull(both.FindMessage("A"));
        Assert.NotNull(both.FindMessage("p.B"));
        Assert.Same(both, both.Merge(second));
        Assert.Same(first, first.Merge(ProtoSchema.Empty));
    }

    [Fact]
    public void Generated_code_gives_a_schema()
    {
        var schema = ProtoSchema.FromGenerated(Google.Rpc.StatusReflection.Descriptor);
        Assert.Equal(WellKnownType.Any, schema.FindMessage("google.rpc.Status")!.FindField("details")!.MessageType!.WellKnownType);
    }

    [Fact]
    public async Task A_false_well_known_type_is_not_taken_for_one()
    {
        var schema = await ProtoCompiler.Default.CompileAsync(ProtoSources.FromText(
            "syntax = \"proto3\"; package google.protobuf; message Timestamp { string seconds = 1; int32 nanos = 2; } message Duration { int64 seconds = 1; }", "a.proto"));
        Assert.All(schema.FindFile("a.proto")!.Messages, message => Assert.Equal(WellKnownType.None, message.WellKnownType));
    }

    private static Task<ProtoSchema> CompileAsync(string text) => ProtoCompiler.Default.CompileAsync(ProtoSources.FromText(text, "a.proto"));
}
