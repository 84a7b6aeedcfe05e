using System.Text.Json;
using Hawser.EndToEnd.Processes;

namespace Hawser.EndToEnd.Commands;

public sealed class TransferTests(SharedNode node, LargeFile large) : IClassFixture<LargeFile>
{
    // What Quickstart/Download gives: the byte at offset i is i modulo this.
    private const int PatternLength = 251;

    private string AddressOf(string scheme) => scheme switch
    {
        "tcp" => node.Tcp,
        "tls" => node.Tls,
        _ => node.Unix,
    };

    private string[] TrustFor(string scheme) => scheme == "tls" ? ["--ca", node.Authority] : [];

    [Theory]
    [InlineData("tcp")]
    [InlineData("tls")]
    [InlineData("unix")]
    public async Task A_large_file_arrives_intact(string scheme)
    {
        var result = await HawserCommand.RunAsync(["send", large.Path, AddressOf(scheme), "Quickstart/Upload", .. TrustFor(scheme)]);
        Assert.Equal($$"""{"bytes":{{LargeFile.Length}},"crc32c":"{{large.Crc32c}}"}""", result.Succeeded());
        Assert.Matches(@"(?m)^sent 300 MiB \(314572800 bytes\) in .*, .*/s$", result.Error);
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("tls")]
    [InlineData("unix")]
    public async Task A_large_file_is_received_intact(string scheme)
    {
        using var directory = new TemporaryDirectory();
        var file = directory.File("received.bin");
        var request = $$"""{"bytes":{{LargeFile.Length}}}""";
        (await HawserCommand.RunAsync(["receive", AddressOf(scheme), "Quickstart/Download", request, file, .. TrustFor(scheme)])).Succeeded();
        AssertPattern(file, LargeFile.Length);
        Assert.Single(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public async Task Standard_input_is_sent()
    {
        var result = await HawserCommand.ShellAsync($"cat '{large.Path}' | $HAWSER send - {node.Tcp} Quickstart/Upload");
        Assert.Equal(large.Crc32c, JsonElement.Parse(result.Succeeded()).GetProperty("crc32c").GetString());
    }

    [Fact]
    public async Task Octets_go_to_standard_output_and_nothing_else_does()
    {
        using var directory = new TemporaryDirectory();
        (await HawserCommand.ShellAsync(
            $$"""$HAWSER receive {{node.Tcp}} Quickstart/Download '{"bytes":3000000}' - | cat >'{{directory.File("out")}}'; exit ${PIPESTATUS[0]}""")).Succeeded();
        AssertPattern(directory.File("out"), 3_000_000);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_an_endless_download()
    {
        var result = await HawserCommand.ShellAsync(
            $$"""$HAWSER receive {{node.Tcp}} Quickstart/Download '{"bytes":1099511627776}' - 2>/dev/null | head -c 100 | wc -c; exit ${PIPESTATUS[0]}""");
        Assert.Equal(73, result.ExitCode);
        Assert.Equal("100", result.Output.Trim());
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllBytesAsync(directory.File("empty"), []);
        var result = await HawserCommand.RunAsync("send", directory.File("empty"), node.Tcp, "Quickstart/Upload");
        Assert.Equal("""{"bytes":0,"crc32c":"00000000"}""", result.Succeeded());
        (await HawserCommand.RunAsync("receive", node.Tcp, "Quickstart/Download", """{"bytes":0}""", directory.File("back"))).Succeeded();
        Assert.Equal(0, new FileInfo(directory.File("back")).Length);
    }

    [Fact]
    public async Task A_refused_download_leaves_no_file_behind_and_an_old_one_alone()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.File("kept");
        await File.WriteAllTextAsync(file, "old");
        var result = await HawserCommand.RunAsync("receive", node.Tcp, "Quickstart/Download", """{"bytes":-1}""", file);
        Assert.Equal(11, result.ExitCode);
        Assert.Contains("OutOfRange: 'bytes' is -1", result.Error, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(file));
        Assert.Single(Directory.GetFileSystemEntries(directory.Path));
    }

    private static void AssertPattern(string file, long length)
    {
        var expected = new byte[PatternLength * 4096];
        for (var i = 0; i < expected.Length; i++)
            expected[i] = (byte)(i % PatternLength);
        using var stream = File.OpenRead(file);
        Assert.Equal(length, stream.Length);
        var block = new byte[expected.Length];
        for (long offset = 0; offset < length;)
        {
            var count = stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            Assert.True(block.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count)), $"The bytes from {offset} on are not those that were sent.");
            offset += count;
        }
    }
}
