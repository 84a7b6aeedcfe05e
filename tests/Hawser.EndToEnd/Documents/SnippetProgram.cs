using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Documents;

/// <summary>All snippets of all documents, built once into one program that runs the one it is told.</summary>
public sealed class SnippetProgram : IAsyncLifetime
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <AssemblyName>Snippets</AssemblyName>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <InvariantGlobalization>true</InvariantGlobalization>
            <OutDir>built</OutDir>
          </PropertyGroup>
          <ItemGroup>
            <FrameworkReference Include="Microsoft.AspNetCore.App" />
            <Reference Include="LIBRARIES/Google.Api.CommonProtos.dll" />
            <Reference Include="LIBRARIES/Google.Protobuf.dll" />
            <Reference Include="LIBRARIES/Hawser.dll" />
            <Reference Include="LIBRARIES/Hawser.Grpc.dll" />
            <Reference Include="LIBRARIES/Hawser.Protobuf.dll" />
            <Reference Include="LIBRARIES/Hawser.Testing.dll" />
            <None Include="LIBRARIES/protoc/**" LinkBase="protoc" CopyToOutputDirectory="PreserveNewest" />
          </ItemGroup>
        </Project>
        """;

    private readonly TemporaryDirectory directory = new();

    public async ValueTask InitializeAsync()
    {
        var snippets = MarkdownDocument.All.SelectMany(Snippet.Of).ToArray();
        await File.WriteAllTextAsync(directory.File("Snippets.csproj"), Project.Replace("LIBRARIES", AppContext.BaseDirectory.TrimEnd('/'), StringComparison.Ordinal));
        foreach (var snippet in snippets)
            await File.WriteAllTextAsync(directory.File(snippet.ClassName + ".cs"), snippet.ToSourceFile());
        await File.WriteAllTextAsync(
            directory.File("Program.cs"),
            $$"""
            await (args[0] switch
            {
            {{string.Concat(snippets.Select(snippet => $"    \"{snippet.ClassName}\" => {snippet.ClassName}.RunAsync(),\n"))}}
                _ => throw new ArgumentException(args[0]),
            });
            """);
        await using var build = RunningProcess.Start("dotnet", ["build", "-v", "quiet", "--nologo", "-clp:NoSummary"], directory.Path);
        var result = await build.WaitAsync(Patience.LongLimit);
        Assert.True(result.ExitCode == 0, $"The snippets do not compile:\n{result.Output}{result.Error}");
    }

    /// <summary>Runs one snippet as a process of its own.</summary>
    internal async Task<string> RunAsync(Snippet snippet)
    {
        await using var process = RunningProcess.Start(directory.File("built/Snippets"), [snippet.ClassName], directory.Path);
        var result = await process.WaitAsync();
        Assert.True(result.ExitCode == 0, $"{snippet.Document}, line {snippet.LineNumber} fails: {result.Error}");
        return result.Output;
    }

    public ValueTask DisposeAsync()
    {
        directory.Dispose();
        return ValueTask.CompletedTask;
    }
}
