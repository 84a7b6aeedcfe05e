using System.Text;
using Hawser.Cli.Parsing;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{\"text\":\"hi\"}")]
    [InlineData(" [1, 2] \n")]
    [InlineData("\"ä\"")]
    public void Json_passes(string json) => JsonText.Check(Encoding.UTF8.GetBytes(json), "the request");

    [Theory]
    [InlineData("hi", 1, 1)]
    [InlineData("{\"a\":x}", 1, 6)]
    [InlineData("{\n  \"a\": 1,\n  b\n}", 3, 3)]
    [InlineData("{\"äöü\":x}", 1, 8)]
    public void An_error_has_its_line_and_column_counted_from_one(string json, int line, int column)
    {
        var failure = Assert.Throws<CommandException>(() => JsonText.Check(Encoding.UTF8.GetBytes(json), "the request"));
        Assert.Equal(ExitCode.BadJson, failure.ExitCode);
        Assert.StartsWith($"the request is not JSON: line {line}, column {column}: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused() =>
        Assert.Equal(ExitCode.BadJson, Assert.Throws<CommandException>(() => JsonText.Check([(byte)'"', 0xFF, (byte)'"'], "the request")).ExitCode);
}
