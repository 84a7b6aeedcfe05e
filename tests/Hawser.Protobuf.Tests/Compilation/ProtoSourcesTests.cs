using System.IO.Compression;
using System.Text;

namespace Hawser.Protobuf.Tests.Compilation;

public sealed class ProtoSourcesTests : IDisposable
{
    private const string Item = "syntax = \"proto3\";\npackage shop;\nmessage Item { string id = 1; }\n";
    private const string Order = "syntax = \"proto3\";\npackage shop;\nimport \"shop/item.proto\";\nmessage Order { repeated Item items = 1; }\n";

    private readonly string folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Texts_import_one_another()
    {
        var schema = await Compile(new ProtoSources().AddText("shop/order.proto", Order).AddText("shop/item.proto", Item));
        Assert.Equal(["shop/item.proto", "shop/order.proto"], schema.Files.Select(file => file.Name));
    }

    [Fact]
    public async Task A_file_finds_its_imports_in_an_import_root()
    {
        Write("roots/shop/item.proto", Item);
        Write("orders/order.proto", Order);
        var schema = await Compile(new ProtoSources().AddImportRoot(At("roots")).AddFile(At("orders/order.proto")));
        Assert.Equal("shop.Item", schema.FindMessage("shop.Order")!.FindField(1)!.MessageType!.FullName);
        Assert.NotNull(schema.FindFile("order.proto"));
    }

    [Fact]
    public async Task A_file_below_an_import_root_has_its_name_from_there()
    {
        Write("shop/item.proto", Item);
        Write("shop/order.proto", Order);
        var schema = await Compile(new ProtoSources().AddImportRoot(folder).AddFile(At("shop/order.proto")));
        Assert.NotNull(schema.FindFile("shop/order.proto"));
    }

    [Fact]
    public async Task A_file_alone_finds_the_folder_that_its_imports_are_relative_to()
    {
        Write("shop/item.proto", Item);
        Write("shop/order.proto", Order);
        var schema = await Compile(new ProtoSources().AddFile(At("shop/order.proto")).AddFile(At("shop/item.proto")));
        Assert.Equal(["shop/item.proto", "shop/order.proto"], schema.Files.Select(file => file.Name));
    }

    [Fact]
    public async Task A_folder_is_its_own_import_root()
    {
        Write("shop/item.proto", Item);
        Write("shop/order.proto", Order);
        Assert.Equal(2, (await Compile(new ProtoSources().AddFolder(folder))).Files.Length);
    }

    [Fact]
    public async Task Import_roots_within_a_folder_are_found()
    {
        Write("repository/proto/shop/order.proto", Order);
        Write("repository/third_party/items/shop/item.proto", Item);
        var schema = await Compile(new ProtoSources().AddFolder(folder));
        Assert.Equal(["shop/item.proto", "repository/proto/shop/order.proto"], schema.Files.Select(file => file.Name));
    }

    [Fact]
    public async Task Diagnostics_use_the_path_that_was_given()
    {
        Write("bad.proto", "message A { Missing b = 1; }");
        var failure = await Assert.ThrowsAsync<ProtoCompilationException>(() => Compile(new ProtoSources().AddFile(At("bad.proto"))));
        Assert.Equal(At("bad.proto"), failure.Diagnostics.First(diagnostic => diagnostic.Line > 0).File);
    }

    [Fact]
    public async Task A_zip_is_compiled_with_the_import_roots_in_it()
    {
        using var zip = Zip(("main/proto/shop/order.proto", Order), ("main/proto/shop/item.proto", Item), ("main/README.md", "hello"));
        var schema = await Compile(new ProtoSources().AddZip(zip));
        Assert.Equal(["shop/item.proto", "shop/order.proto"], schema.Files.Select(file => file.Name));
    }

    [Theory]
    [InlineData("../evil.proto")]
    [InlineData("/evil.proto")]
    [InlineData("a/../../evil.proto")]
    [InlineData("C:/evil.proto")]
    [InlineData("a\\..\\evil.proto")]
    [InlineData("-evil.proto")]
    public void A_zip_cannot_lead_out_of_its_folder(string name)
    {
        using var zip = Zip((name, Item));
        var failure = Assert.Throws<SchemaException>(() => new ProtoSources().AddZip(zip));
        Assert.StartsWith($"'{name}' in the zip cannot be the name of a .proto file", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_bomb_is_stopped_while_it_unpacks()
    {
        using var zip = Zip(("a.proto", new string(' ', 5_000_000)));
        Assert.True(zip.Length < 50_000);
        var failure = Assert.Throws<SchemaException>(() => new ProtoSources().AddZip(zip));
        Assert.Equal("a.proto in the zip has more than 4194304 bytes (ProtoSourceLimits.MaxFileBytes).", failure.Message);
    }

    [Fact]
    public void A_zip_of_many_files_that_are_too_large_together_is_refused()
    {
        using var zip = Zip([.. Enumerable.Range(0, 5).Select(i => ($"{i}.proto", new string(' ', 300)))]);
        var failure = Assert.Throws<SchemaException>(() => new ProtoSources(new ProtoSourceLimits { MaxTotalBytes = 1200 }).AddZip(zip));
        Assert.Contains("MaxTotalBytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_with_too_many_entries_is_refused()
    {
        using var zip = Zip([.. Enumerable.Range(0, 11).Select(i => ($"{i}.txt", ""))]);
        var failure = Assert.Throws<SchemaException>(() => new ProtoSources(new ProtoSourceLimits { MaxFiles = 10 }).AddZip(zip));
        Assert.Equal("the zip has 11 entries; at most 10 are taken (ProtoSourceLimits.MaxFiles).", failure.Message);
    }

    [Fact]
    public void What_is_not_a_zip_is_told()
    {
        using var noise = new MemoryStream(new byte[100]);
        Assert.StartsWith("upload.zip is not a zip that can be read", Assert.Throws<SchemaException>(() => new ProtoSources().AddZip(noise, "upload.zip")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_without_proto_files_is_told()
    {
        using var zip = Zip(("README.md", "hello"));
        Assert.Equal("the zip has no .proto files.", Assert.Throws<SchemaException>(() => new ProtoSources().AddZip(zip)).Message);
    }

    [Fact]
    public void A_name_twice_with_different_text_is_told()
    {
        var sources = new ProtoSources().AddText("a.proto", Item).AddText("a.proto", Item);
        Assert.Contains("twice with different text", Assert.Throws<SchemaException>(() => sources.AddText("a.proto", Order)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_files_are_refused()
    {
        var sources = new ProtoSources(new ProtoSourceLimits { MaxFiles = 1 }).AddText("a.proto", Item);
        Assert.Equal("There are more than 1 .proto files (ProtoSourceLimits.MaxFiles).", Assert.Throws<SchemaException>(() => sources.AddText("b.proto", Item)).Message);
    }

    [Fact]
    public async Task An_import_does_not_lead_out_of_its_root()
    {
        Write("secret.proto", Item);
        Write("root/a.proto", "syntax = \"proto3\";\nimport \"../secret.proto\";\n");
        var failure = await Assert.ThrowsAsync<ProtoCompilationException>(() => Compile(new ProtoSources().AddFile(At("root/a.proto"))));
        Assert.Contains("../secret.proto", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_import_root_that_is_not_there_is_told() =>
        Assert.Throws<DirectoryNotFoundException>(() => new ProtoSources().AddImportRoot(At("nowhere")));

    [Theory]
    [InlineData("import 'a.proto';", "a.proto")]
    [InlineData("syntax = \"proto3\"; import public \"a.proto\"; import weak \"b.proto\";", "a.proto,b.proto")]
    [InlineData("// import \"a.proto\";\n/* import \"b.proto\"; */ import /* no */ \"c.proto\";", "c.proto")]
    [InlineData("option x = 'import \"a.proto\";';\nmessage import { string import = 1; }", "")]
    [InlineData("import \"a.proto", "a.prot")]
    [InlineData("import", "")]
    [InlineData("/* never ends", "")]
    public void Imports_are_found(string text, string imports) =>
        Assert.Equal(imports, string.Join(',', ImportScanner.Scan(Encoding.UTF8.GetBytes(text))));

    private static Task<ProtoSchema> Compile(ProtoSources sources) => new ProtoCompiler().CompileAsync(sources);

    private string At(string path) => Path.Combine(folder, path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    private static MemoryStream Zip(params (string Name, string Text)[] entries)
    {
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        zip.Position = 0;
        return zip;
    }
}
