using Google.Protobuf.Reflection;
using Hawser.Cli.Grpc;
using Hawser.Protobuf;
using Xunit;

namespace Hawser.Cli.Tests.Grpc;

public sealed class SchemaExportTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("hawser-");

    public void Dispose() => directory.Delete(recursive: true);

    [Theory]
    [InlineData("../out.proto")]
    [InlineData("/tmp/hawser-out.proto")]
    [InlineData("a/../../out.proto")]
    public void A_servers_file_names_do_not_lead_out_of_the_directory(string name)
    {
        var schema = ProtoSchema.FromFiles([new FileDescriptorProto { Name = name, Syntax = "proto3" }]);
        var failure = Assert.Throws<CommandException>(() => SchemaExport.WriteProtoFiles(schema, Path.Combine(directory.FullName, "inside")));
        Assert.Equal(ExitCode.CannotWrite, failure.ExitCode);
        Assert.Empty(directory.GetFileSystemInfos());
    }

    [Fact]
    public async Task What_is_written_compiles_to_the_same_schema()
    {
        var schema = await TestSchema.CompileAsync("""import "google/protobuf/empty.proto"; service S { rpc M(google.protobuf.Empty) returns (R); } message R { int32 a = 1; }""");
        SchemaExport.WriteProtoFiles(schema, directory.FullName);
        var again = await ProtoCompiler.Default.CompileAsync(new ProtoSources().AddFolder(directory.FullName), TestContext.Current.CancellationToken);
        Assert.Equal(ProtoText.Of(schema.FindFile("schema.proto")!), ProtoText.Of(again.FindFile("schema.proto")!));
        Assert.Single(directory.GetFiles("*", SearchOption.AllDirectories));
    }
}
