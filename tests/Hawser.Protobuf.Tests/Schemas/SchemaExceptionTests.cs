using Google.Protobuf.Reflection;
using static Google.Protobuf.Reflection.FieldDescriptorProto.Types;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Hawser.Protobuf.Tests.Schemas;

/// <summary>Descriptors that protoc would not make, but that anybody can send.</summary>
public sealed class SchemaExceptionTests
{
    [Fact]
    public void A_missing_import_is_told() =>
        Fails("a.proto imports b.proto, which is not among the files.", new FileDescriptorProto { Name = "a.proto", Dependency = { "b.proto" } });

    [Fact]
    public void A_missing_weak_import_is_none() =>
        Assert.Empty(ProtoSchema.FromFiles([new FileDescriptorProto { Name = "a.proto", Dependency = { "b.proto" }, WeakDependency = { 0 } }]).Files[0].Dependencies);

    [Fact]
    public void A_cycle_is_told() =>
        Fails(
            "c.proto imports a.proto, which imports it back: a.proto → b.proto → c.proto → a.proto.",
            new FileDescriptorProto { Name = "a.proto", Dependency = { "b.proto" } },
            new FileDescriptorProto { Name = "b.proto", Dependency = { "c.proto" } },
            new FileDescriptorProto { Name = "c.proto", Dependency = { "a.proto" } });

    [Fact]
    public void A_file_that_imports_itself_is_told() =>
        Fails("a.proto imports a.proto, which imports it back: a.proto → a.proto.", new FileDescriptorProto { Name = "a.proto", Dependency = { "a.proto" } });

    [Fact]
    public void A_very_long_chain_of_imports_is_no_trouble()
    {
        var files = Enumerable.Range(0, 50_000).Select(i => new FileDescriptorProto { Name = $"{i}", Dependency = { i < 49_999 ? [$"{i + 1}"] : Array.Empty<string>() } });
        Assert.Equal("49999", ProtoSchema.FromFiles(files).Files[0].Name);
    }

    [Fact]
    public void A_public_import_that_is_none_is_told() =>
        Fails("a.proto: a public import refers to an import that is not there.", new FileDescriptorProto { Name = "a.proto", PublicDependency = { 3 } });

    [Fact]
    public void A_file_twice_with_different_contents_is_told() =>
        Fails("The file a.proto is there twice, with different contents.", new FileDescriptorProto { Name = "a.proto" }, new FileDescriptorProto { Name = "a.proto", Package = "p" });

    [Fact]
    public void A_file_twice_with_the_same_contents_is_one() =>
        Assert.Single(ProtoSchema.FromFiles([new FileDescriptorProto { Name = "a.proto" }, new FileDescriptorProto { Name = "a.proto" }]).Files);

    [Fact]
    public void A_file_without_a_name_is_told() => Fails("A file descriptor has no name.", new FileDescriptorProto());

    [Fact]
    public void An_unknown_syntax_is_told() =>
        Fails("a.proto: the syntax 'proto4' is not known; proto2, proto3 and editions are.", new FileDescriptorProto { Name = "a.proto", Syntax = "proto4" });

    [Fact]
    public void An_unknown_edition_is_told() =>
        Fails(
            "a.proto: the edition 9999 is not known; proto2, proto3 and the editions 2023 and 2024 are.",
            new FileDescriptorProto { Name = "a.proto", Syntax = "editions", Edition = (Google.Protobuf.Reflection.Edition)9999 });

    [Fact]
    public void A_name_that_is_none_is_told() =>
        FailsWith("a.proto: 'A b' is not a name; a name has letters, digits and underscores and does not start with a digit.", new DescriptorProto { Name = "A b" });

    [Fact]
    public void A_symbol_twice_is_told() => FailsWith("a.proto: 'A' is declared twice.", new DescriptorProto { Name = "A" }, new DescriptorProto { Name = "A" });

    [Fact]
    public void A_symbol_of_another_file_is_told() =>
        Fails(
            "b.proto: 'A' is declared in a.proto already.",
            new FileDescriptorProto { Name = "a.proto", MessageType = { new DescriptorProto { Name = "A" } } },
            new FileDescriptorProto { Name = "b.proto", MessageType = { new DescriptorProto { Name = "A" } } });

    [Fact]
    public void A_number_twice_is_told() =>
        FailsWith("a.proto: the fields 'b' and 'c' of 'A' both have the number 1.", new DescriptorProto { Name = "A", Field = { Field("b", 1), Field("c", 1) } });

    [Fact]
    public void A_large_number_twice_is_told() =>
        FailsWith("a.proto: the fields 'b' and 'c' of 'A' both have the number 100000.", new DescriptorProto { Name = "A", Field = { Field("b", 100_000), Field("c", 100_000) } });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(536870912)]
    public void A_number_out_of_range_is_told(int number) =>
        FailsWith($"a.proto: the field 'A.b' has the number {number}; numbers go from 1 to 536870911.", new DescriptorProto { Name = "A", Field = { Field("b", number) } });

    [Fact]
    public void An_unknown_type_is_told() =>
        FailsWith(
            "a.proto: the field 'A.b' names 'p.B', which is not declared in the file or in what it imports.",
            new DescriptorProto { Name = "A", Field = { Field("b", 1, Type.Message, ".p.B") } });

    [Fact]
    public void A_type_that_is_not_imported_is_told() =>
        Fails(
            "b.proto: the field 'B.a' names 'A', which is declared in a.proto, and b.proto does not import that.",
            new FileDescriptorProto { Name = "a.proto", MessageType = { new DescriptorProto { Name = "A" } } },
            new FileDescriptorProto { Name = "b.proto", MessageType = { new DescriptorProto { Name = "B", Field = { Field("a", 1, Type.Message, ".A") } } } });

    [Fact]
    public void A_relative_type_name_is_the_innermost()
    {
        var schema = ProtoSchema.FromFiles([new FileDescriptorProto
        {
            Name = "a.proto",
            Package = "p",
            MessageType =
            {
                new DescriptorProto { Name = "B" },
                new DescriptorProto { Name = "A", NestedType = { new DescriptorProto { Name = "B" } }, Field = { Field("b", 1, typeName: "B"), Field("c", 2, typeName: ".p.B") } },
            },
        }]);
        Assert.Equal(["p.A.B", "p.B"], schema.FindMessage("p.A")!.Fields.Select(field => field.MessageType!.FullName));
    }

    [Fact]
    public void A_type_that_does_not_fit_is_told() =>
        FailsWith(
            "a.proto: the field 'A.b' is of type Enum, and the type that it names does not fit.",
            new DescriptorProto { Name = "A", Field = { Field("b", 1, Type.Enum, ".A") } });

    [Fact]
    public void A_field_without_a_type_is_told() =>
        FailsWith("a.proto: the field 'A.b' has the type 0, which is not known.", new DescriptorProto { Name = "A", Field = { new FieldDescriptorProto { Name = "b", Number = 1 } } });

    [Fact]
    public void A_field_as_a_type_is_told() =>
        FailsWith(
            "a.proto: the field 'A.b' names 'A.b' as its type, which is neither a message nor an enum.",
            new DescriptorProto { Name = "A", Field = { Field("b", 1, Type.Message, ".A.b") } });

    [Fact]
    public void A_wrong_default_is_told()
    {
        var field = Field("b", 1, Type.Int32);
        field.DefaultValue = "x";
        FailsWith("a.proto: the default 'x' of the field 'A.b' is no value of its type, Int32.", new DescriptorProto { Name = "A", Field = { field } });
    }

    [Theory]
    [InlineData("\\")]
    [InlineData("\\q")]
    [InlineData("\\777")]
    public void Wrong_bytes_as_a_default_are_told(string text)
    {
        var field = Field("b", 1, Type.Bytes);
        field.DefaultValue = text;
        FailsWith($"a.proto: the default '{text}' of the field 'A.b' is no value of its type, Bytes.", new DescriptorProto { Name = "A", Field = { field } });
    }

    [Fact]
    public void A_oneof_that_is_not_there_is_told()
    {
        var field = Field("b", 1);
        field.OneofIndex = 2;
        FailsWith("a.proto: the field 'A.b' is in the oneof 2, which its message does not have.", new DescriptorProto { Name = "A", Field = { field } });
    }

    [Fact]
    public void An_empty_oneof_is_told() =>
        FailsWith("a.proto: the oneof 'A.o' has no fields.", new DescriptorProto { Name = "A", OneofDecl = { new OneofDescriptorProto { Name = "o" } } });

    [Fact]
    public void A_false_map_entry_is_told() =>
        FailsWith(
            "a.proto: 'A' says that it is the entry of a map, but it has not just a key (1: integer, bool or string) and a value (2).",
            new DescriptorProto { Name = "A", Options = new MessageOptions { MapEntry = true }, Field = { Field("key", 1, Type.Double), Field("value", 2) } });

    [Fact]
    public void The_same_JSON_name_twice_is_told_where_JSON_is_promised() =>
        Fails(
            "a.proto: the fields 'a_b' and 'aB' of 'A' both have the JSON name 'aB'.",
            new FileDescriptorProto { Name = "a.proto", Syntax = "proto3", MessageType = { new DescriptorProto { Name = "A", Field = { Field("a_b", 1), Field("aB", 2) } } } });

    [Fact]
    public void The_same_JSON_name_twice_is_the_first_field_s_elsewhere() =>
        Assert.Equal(1, ProtoSchema.FromFiles([File(new DescriptorProto { Name = "A", Field = { Field("a_b", 1), Field("aB", 2) } })]).FindMessage("A")!.FindFieldByJson("aB")!.Number);

    [Fact]
    public void An_empty_enum_is_told() =>
        Fails("a.proto: the enum 'E' has no values.", new FileDescriptorProto { Name = "a.proto", EnumType = { new EnumDescriptorProto { Name = "E" } } });

    [Fact]
    public void An_alias_that_is_not_allowed_is_told() =>
        Fails(
            "a.proto: the values 'X' and 'Y' of the enum 'E' both have the number 1, and allow_alias is not set.",
            new FileDescriptorProto
            {
                Name = "a.proto",
                EnumType = { new EnumDescriptorProto { Name = "E", Value = { new EnumValueDescriptorProto { Name = "X", Number = 1 }, new EnumValueDescriptorProto { Name = "Y", Number = 1 } } } },
            });

    [Fact]
    public void An_extension_out_of_range_is_told()
    {
        var extension = Field("b", 5);
        extension.Extendee = ".A";
        Fails(
            "a.proto: the extension 'b' has the number 5, which 'A' does not leave to extensions.",
            new FileDescriptorProto { Name = "a.proto", MessageType = { new DescriptorProto { Name = "A" } }, Extension = { extension } });
    }

    [Fact]
    public void Two_extensions_with_one_number_are_told()
    {
        var (first, second) = (Field("b", 5), Field("c", 5));
        first.Extendee = second.Extendee = ".A";
        Fails(
            "a.proto: the extensions 'b' and 'c' of 'A' both have the number 5.",
            new FileDescriptorProto
            {
                Name = "a.proto",
                MessageType = { new DescriptorProto { Name = "A", ExtensionRange = { new DescriptorProto.Types.ExtensionRange { Start = 5, End = 6 } } } },
                Extension = { first, second },
            });
    }

    [Fact]
    public void An_extension_of_nothing_is_told() =>
        Fails("a.proto: the extension 'b' does not say which message it extends.", new FileDescriptorProto { Name = "a.proto", Extension = { Field("b", 5) } });

    [Fact]
    public void A_method_of_an_enum_is_told() =>
        Fails(
            "a.proto: the method 'S/M' names 'E', which is not a message.",
            new FileDescriptorProto
            {
                Name = "a.proto",
                EnumType = { new EnumDescriptorProto { Name = "E", Value = { new EnumValueDescriptorProto { Name = "X", Number = 0 } } } },
                Service = { new ServiceDescriptorProto { Name = "S", Method = { new MethodDescriptorProto { Name = "M", InputType = ".E", OutputType = ".E" } } } },
            });

    [Fact]
    public void Bytes_that_are_no_descriptor_set_are_told()
    {
        Assert.StartsWith("The bytes are not a descriptor set", Assert.Throws<SchemaException>(() => ProtoSchema.FromDescriptorSet([0xFF])).Message, StringComparison.Ordinal);
        Assert.StartsWith("The bytes are not a file descriptor", Assert.Throws<SchemaException>(() => ProtoSchema.FromDescriptorSet([0x0A, 0x01, 0xFF])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_an_empty_schema() => Assert.Empty(ProtoSchema.FromDescriptorSet([]).Files);

    private static void Fails(string message, params FileDescriptorProto[] files) =>
        Assert.Equal(message, Assert.Throws<SchemaException>(() => ProtoSchema.FromFiles(files)).Message);

    private static void FailsWith(string message, params DescriptorProto[] messages) => Fails(message, File(messages));

    private static FileDescriptorProto File(params DescriptorProto[] messages)
    {
        var file = new FileDescriptorProto { Name = "a.proto" };
        file.MessageType.AddRange(messages);
        return file;
    }

    private static FieldDescriptorProto Field(string name, int number, Type? type = null, string? typeName = null)
    {
        var field = new FieldDescriptorProto { Name = name, Number = number, Label = Label.Optional };
        if (type is not null || typeName is null)
            field.Type = type ?? Type.Int32;
        if (typeName is not null)
            field.TypeName = typeName;
        return field;
    }
}
