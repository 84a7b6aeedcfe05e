using System.Text;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Packages;

public sealed class PackageTests(PackedPackages packages) : IClassFixture<PackedPackages>
{
    public static TheoryData<string> Ids => ["Hawser", "Hawser.Grpc", "Hawser.Protobuf", "Hawser.Testing", "Hawser.Cli"];

    public static TheoryData<string> LibraryIds => ["Hawser", "Hawser.Grpc", "Hawser.Protobuf", "Hawser.Testing"];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_package_says_what_it_is_and_under_which_licence(string id)
    {
        Assert.Equal("MIT", (await packages.PropertyOfAsync(id, "license"))?.Value);
        Assert.Equal("README.md", (await packages.PropertyOfAsync(id, "readme"))?.Value);
        Assert.Equal("The Hawser authors", (await packages.PropertyOfAsync(id, "authors"))?.Value);
        Assert.NotEmpty((await packages.PropertyOfAsync(id, "description"))!.Value);
        Assert.Equal(await File.ReadAllBytesAsync(Repository.PathOf("README.md")), await packages.ReadAsync(id, "nupkg", "README.md"));
    }

    [Theory]
    [MemberData(nameof(LibraryIds))]
    public async Task A_library_comes_with_its_documentation_and_its_symbols(string id)
    {
        var files = await packages.FilesOfAsync(id, "nupkg");
        Assert.Contains($"lib/net10.0/{id}.dll", files);
        Assert.Contains($"lib/net10.0/{id}.xml", files);
        Assert.Contains($"lib/net10.0/{id}.pdb", await packages.FilesOfAsync(id, "snupkg"));
    }

    [Theory]
    [MemberData(nameof(LibraryIds))]
    public async Task Nothing_in_a_library_tells_where_it_was_built(string id)
    {
        var root = Encoding.UTF8.GetBytes(Repository.Root);
        Assert.True((await packages.ReadAsync(id, "nupkg", $"lib/net10.0/{id}.dll")).AsSpan().IndexOf(root) < 0);
        Assert.True((await packages.ReadAsync(id, "snupkg", $"lib/net10.0/{id}.pdb")).AsSpan().IndexOf(root) < 0);
    }

    [Fact]
    public async Task The_library_depends_on_nothing_but_the_logging_abstractions()
    {
        var dependencies = (await packages.PropertyOfAsync("Hawser", "dependencies"))!.Descendants().Select(element => element.Attribute("id")?.Value).OfType<string>();
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions"], dependencies);
    }

    [Fact]
    public async Task The_command_installs_as_a_tool_and_runs()
    {
        using var directory = new TemporaryDirectory();

        // Only the packages of this test count, and only this test sees what it installs.
        await File.WriteAllTextAsync(
            directory.File("nuget.config"),
            $"""<configuration><packageSources><clear /><add key="packed" value="{packages.Path}" /></packageSources></configuration>""");
        await using var install = RunningProcess.Start(
            "dotnet", ["tool", "install", "Hawser.Cli", "--tool-path", directory.File("tools"), "--configfile", directory.File("nuget.config")],
            directory.Path, ("NUGET_PACKAGES", directory.File("cache")));
        var installed = await install.WaitAsync(Patience.LongLimit);
        Assert.True(installed.ExitCode == 0, installed.Output + installed.Error);

        await using var tool = RunningProcess.Start(directory.File("tools/hawser"), ["--help"], directory.Path);
        Assert.Contains("hawser up", (await tool.WaitAsync()).Succeeded(), StringComparison.Ordinal);

        // The compiler of .proto files came with it.
        await using var compiler = RunningProcess.Start(
            directory.File("tools/hawser"), ["list", "--proto", Repository.PathOf("samples", "quickstart", "quickstart.proto")], directory.Path);
        Assert.Contains("Quickstart/Count", (await compiler.WaitAsync()).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_refers_to_the_package_builds_and_runs() => Assert.Equal("3", await BuildAndRunAsync(
        "Hawser",
        """
        await using var server = new Hawser.HawserServer();
        server.Map("Test/Add", (int[] numbers) => numbers.Sum());
        await server.ListenAsync("inproc:test");
        await using var channel = Hawser.HawserChannel.Connect("inproc:test");
        Console.WriteLine(await channel.CallAsync<int[], int>("Test/Add", [1, 2]));
        """));

    [Fact]
    public async Task A_program_that_refers_to_the_package_of_gRPC_compiles_a_contract_and_serves_it() => Assert.Equal("""{"total":3}""", await BuildAndRunAsync(
        "Hawser.Grpc",
        """"
        using Hawser;
        using Hawser.Grpc;
        using Hawser.Protobuf;

        var contract = await ProtoCompiler.Default.CompileAsync(ProtoSources.FromText("""
            syntax = "proto3";
            import "google/protobuf/wrappers.proto";
            service Test { rpc Add(stream google.protobuf.Int32Value) returns (Sum); }
            message Sum { int32 total = 1; }
            """));
        await using var server = new HawserServer(new HawserServerOptions { Wires = [new GrpcWire { Server = new GrpcServerOptions { Contracts = [contract] } }] });
        server.Map("Test/Add", async (IAsyncEnumerable<int> numbers) => new Sum(await numbers.SumAsync()));
        var address = await server.ListenAsync("grpc://127.0.0.1:0");
        await using var channel = HawserChannel.Connect(address.ToString(), new HawserChannelOptions { Codec = new ProtobufCodec(null), Wires = [new GrpcWire()] });
        var add = (await ServerReflection.ReadAsync(channel, "Test")).FindMethod("Test/Add")!;
        var numbers = new[] { "1", "2" }.Select(number => ProtoJson.Parse(add.Input, number).ToByteArray()).ToAsyncEnumerable();
        Console.WriteLine(ProtoJson.ToText(DynamicMessage.Parse(add.Output, await channel.CallAsync<byte[], byte[]>("Test/Add", numbers))));

        record Sum(int Total);
        """"));

    private async Task<string> BuildAndRunAsync(string package, string source)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(
            directory.File("Program.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <OutDir>built</OutDir>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="*" />
              </ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(directory.File("Program.cs"), source);
        await using var build = RunningProcess.Start(
            "dotnet", ["build", "-v", "quiet", "--nologo", $"-p:RestoreAdditionalProjectSources={packages.Path}"],
            directory.Path, ("NUGET_PACKAGES", directory.File("cache")));
        var built = await build.WaitAsync(Patience.LongLimit);
        Assert.SkipWhen(built.Output.Contains("NU1", StringComparison.Ordinal), $"The packages that {package} depends on cannot be restored here: {built.Output}");
        Assert.True(built.ExitCode == 0, built.Output);

        await using var program = RunningProcess.Start(directory.File("built/Program"), [], directory.Path);
        return (await program.WaitAsync()).Succeeded();
    }
}
