using Hawser.Protobuf;

namespace Hawser.Cli.Tests.Grpc;

/// <summary>Schemas for tests, from <c>.proto</c> text.</summary>
internal static class TestSchema
{
    public static async Task<ProtoSchema> CompileAsync(string text) => await ProtoCompiler.Default.CompileAsync(ProtoSources.FromText("syntax = \"proto3\";\n" + text));
}
