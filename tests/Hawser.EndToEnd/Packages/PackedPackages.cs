using System.IO.Compression;
using System.Xml.Linq;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Packages;

/// <summary>What <c>dotnet pack</c> makes of the build that is under test.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();

    /// <summary>Where the packages are.</summary>
    public string Path => directory.Path;

    public async ValueTask InitializeAsync()
    {
        foreach (var project in new[] { "Hawser", "Hawser.Grpc", "Hawser.Protobuf", "Hawser.Testing", "Hawser.Cli" })
        {
            await using var pack = RunningProcess.Start(
                "dotnet", ["pack", Repository.PathOf("src", project), "-c", Repository.Configuration, "--no-build", "-o", Path, "-v", "quiet", "--nologo"], Repository.Root);
            var result = await pack.WaitAsync(Patience.LongLimit);
            Assert.True(result.ExitCode == 0, $"{project} cannot be packed:\n{result.Output}{result.Error}");
        }
    }

    public ValueTask DisposeAsync()
    {
        directory.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The file names within a package.</summary>
    internal async Task<string[]> FilesOfAsync(string id, string extension)
    {
        await using var package = await ZipFile.OpenReadAsync(FileOf(id, extension));
        return [.. package.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>A file within a package.</summary>
    internal async Task<byte[]> ReadAsync(string id, string extension, string file)
    {
        await using var package = await ZipFile.OpenReadAsync(FileOf(id, extension));
        await using var stream = await package.GetEntry(file)!.OpenAsync();
        using var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }

    /// <summary>A property of a package, as package sources show it.</summary>
    internal async Task<XElement?> PropertyOfAsync(string id, string name)
    {
        using var content = new MemoryStream(await ReadAsync(id, "nupkg", $"{id}.nuspec"));
        return XDocument.Load(content).Root!.Elements().Single().Elements().SingleOrDefault(element => element.Name.LocalName == name);
    }

    private string FileOf(string id, string extension) => Assert.Single(Directory.GetFiles(Path, $"{id}.*.{extension}"), file => char.IsAsciiDigit(System.IO.Path.GetFileName(file)[id.Length + 1]));
}
