namespace Hawser.Protobuf.Tests.Compilation;

public sealed class ProtoCompilerTests
{
    private const string Order = """
        syntax = "proto3";
        package shop;
        // What somebody bought.
        message Order { string id = 1; }
        """;

    [Fact]
    public async Task A_text_becomes_a_schema()
    {
        var schema = await new ProtoCompiler().CompileAsync(ProtoSources.FromText(Order, "order.proto"));
        Assert.Equal(FieldKind.String, schema.FindMessage("shop.Order")!.FindField("id")!.Kind);
        Assert.Equal("order.proto", schema.FindFileOf("shop.Order.id")!.Name);
    }

    [Fact]
    public async Task Comments_are_kept()
    {
        var schema = await new ProtoCompiler().CompileAsync(ProtoSources.FromText(Order));
        Assert.Contains(schema.Files[0].Proto.SourceCodeInfo.Location, place => place.LeadingComments == " What somebody bought.\n");
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_file_line_and_column()
    {
        var sources = ProtoSources.FromText("syntax = \"proto3\";\nmessage A {\n  Missing b = 1;\n  int32 c = 1;\n}\n", "a.proto");
        var failure = await Assert.ThrowsAsync<ProtoCompilationException>(() => new ProtoCompiler().CompileAsync(sources));
        Assert.Contains(new ProtoDiagnostic("a.proto", 3, 3, IsWarning: false, "\"Missing\" is not defined."), failure.Diagnostics);
        Assert.Contains("a.proto:3:3: \"Missing\" is not defined.", failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Diagnostics, diagnostic => diagnostic.Line == 4);
    }

    [Fact]
    public async Task A_single_error_is_the_whole_message()
    {
        var failure = await Assert.ThrowsAsync<ProtoCompilationException>(() => new ProtoCompiler().CompileAsync(ProtoSources.FromText("message A {", "a.proto")));
        Assert.StartsWith("a.proto:1:12: Reached end of input in message definition", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_is_nowhere_is_told()
    {
        var failure = await Assert.ThrowsAsync<ProtoCompilationException>(
            () => new ProtoCompiler().CompileAsync(ProtoSources.FromText("syntax = \"proto3\";\nimport \"no/where.proto\";\n", "a.proto")));
        Assert.Contains(failure.Diagnostics, diagnostic => diagnostic is { File: "a.proto", Line: 2 } && diagnostic.Text.Contains("no/where.proto", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Warnings_are_no_failure()
    {
        var sources = ProtoSources.FromText("syntax = \"proto3\";\nimport \"google/protobuf/empty.proto\";\nmessage A { int32 b = 1; }\n", "a.proto");
        Assert.NotNull((await new ProtoCompiler().CompileAsync(sources)).FindMessage("A"));
    }

    [Fact]
    public async Task Well_known_and_common_imports_are_bundled()
    {
        var sources = ProtoSources.FromText("""
            syntax = "proto3";
            import "google/protobuf/timestamp.proto";
            import "google/rpc/status.proto";
            import "google/api/annotations.proto";
            import "google/api/field_behavior.proto";
            import "google/type/money.proto";
            service Shop {
              rpc Buy(google.type.Money) returns (google.rpc.Status) { option (google.api.http) = { post: "/buy" body: "*" }; }
            }
            message A { google.protobuf.Timestamp at = 1 [(google.api.field_behavior) = REQUIRED]; }
            """);
        var schema = await new ProtoCompiler().CompileAsync(sources);
        Assert.Equal("google.rpc.Status", schema.FindMethod("Shop/Buy")!.Output.FullName);
        Assert.Equal(WellKnownType.Timestamp, schema.FindMessage("A")!.FindField(1)!.MessageType!.WellKnownType);
        Assert.Equal(72295728, schema.FindExtension("google.api.http")!.Number);
    }

    [Fact]
    public async Task The_same_content_is_compiled_once()
    {
        var compiler = new ProtoCompiler();
        var first = await compiler.CompileAsync(ProtoSources.FromText(Order));
        Assert.Same(first, await compiler.CompileAsync(ProtoSources.FromText(Order)));
        Assert.NotSame(first, await compiler.CompileAsync(ProtoSources.FromText(Order + "// more")));
        Assert.Equal(2, compiler.Runs);
    }

    [Fact]
    public async Task What_was_used_longest_ago_is_forgotten_first()
    {
        var compiler = new ProtoCompiler(new ProtoCompilerOptions { CachedSchemas = 2 });
        async Task CompileAsync(string name) => await compiler.CompileAsync(ProtoSources.FromText(Order, name));
        await CompileAsync("a.proto");
        await CompileAsync("b.proto");
        await CompileAsync("a.proto");
        await CompileAsync("c.proto");
        await CompileAsync("a.proto");
        Assert.Equal(3, compiler.Runs);
        await CompileAsync("b.proto");
        Assert.Equal(4, compiler.Runs);
    }

    [Fact]
    public async Task Those_who_ask_at_the_same_time_share_a_run()
    {
        var compiler = new ProtoCompiler();
        var schemas = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => compiler.CompileAsync(ProtoSources.FromText(Order))));
        Assert.All(schemas, schema => Assert.Same(schemas[0], schema));
        Assert.Equal(1, compiler.Runs);
    }

    [Fact]
    public async Task Failures_are_not_kept()
    {
        var compiler = new ProtoCompiler();
        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<ProtoCompilationException>(() => compiler.CompileAsync(ProtoSources.FromText("x")));
        Assert.Equal(2, compiler.Runs);
    }

    [Fact]
    public async Task Nothing_to_compile_is_told() =>
        Assert.Equal("There is no .proto text to compile.", (await Assert.ThrowsAsync<SchemaException>(() => new ProtoCompiler().CompileAsync(new ProtoSources()))).Message);

    [Fact]
    public async Task Many_files_pass_any_command_line()
    {
        var sources = new ProtoSources();
        for (var i = 0; i < 3000; i++)
            sources.AddText($"a/folder/with/a/rather/long/name/to/fill/the/command/line/file{i}.proto", $"syntax = \"proto3\";\nmessage M{i} {{ }}\n");
        Assert.Equal(3000, (await new ProtoCompiler().CompileAsync(sources)).Files.Length);
    }

    [Fact]
    public async Task Too_much_output_is_refused()
    {
        var failure = await Assert.ThrowsAsync<SchemaException>(
            () => new ProtoCompiler(new ProtoCompilerOptions { MaxOutputBytes = 20 }).CompileAsync(ProtoSources.FromText(Order)));
        Assert.Equal("The compiled descriptors have more than 20 bytes (ProtoCompilerOptions.MaxOutputBytes).", failure.Message);
    }
}
