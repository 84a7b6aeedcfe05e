using System.Buffers;
using System.Text;
using Hawser.Cli.Parsing;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class JsonValueCutterTests
{
    [Theory]
    [InlineData("1 2", "1", "2")]
    [InlineData("{}{}", "{}", "{}")]
    [InlineData("{\n  \"a\": [1,\n2]\n}\n\n\"b\"", "{\n  \"a\": [1,\n2]\n}", "\"b\"")]
    [InlineData("true null -1.5e3", "true", "null", "-1.5e3")]
    [InlineData(" \r\n\t ")]
    [InlineData("")]
    public void Values_stand_one_after_another_with_or_without_white_space(string text, params string[] values) =>
        Assert.Equal(values, Cut(text, text.Length));

    [Theory]
    [InlineData("{\"a\":\"b c\"} [1,2]\n17 \"x\\\"y\" ", "{\"a\":\"b c\"}", "[1,2]", "17", "\"x\\\"y\"")]
    public void It_does_not_matter_in_which_pieces_the_text_comes(string text, params string[] values)
    {
        for (var length = 1; length <= text.Length; length++)
            Assert.Equal(values, Cut(text, length));
    }

    [Theory]
    [InlineData("1\n\n[}\n", "line 3, column 2")]
    [InlineData("{\"ä\":1} {\"b\":x}", "line 1, column 14")]
    [InlineData("1\n{\"a\":\n  ?}", "line 3, column 3")]
    [InlineData("1\n2\n{\"value\":\n", "line 3")]
    [InlineData("\"a", "line 1")]
    [InlineData("12x", "line 1, column 3")]
    public void What_is_wrong_has_its_place_in_the_whole_text(string text, string place)
    {
        for (var length = 1; length <= text.Length; length++)
            Assert.Contains(place, Assert.Throws<CommandException>(() => Cut(text, length)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_is_there_as_soon_as_its_last_byte_is()
    {
        var cutter = new JsonValueCutter("the text");
        var rest = new ReadOnlySequence<byte>("{\"a\":1}"u8.ToArray());
        Assert.True(cutter.TryTake(ref rest, isLast: false, out _));
        Assert.True(rest.IsEmpty);
    }

    private static List<string> Cut(string text, int pieceLength)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var cutter = new JsonValueCutter("the text");
        var values = new List<string>();
        var taken = 0;
        var there = 0;
        while (true)
        {
            // As of a stream: that nothing more comes is seen only after the last piece.
            var isLast = there == bytes.Length;
            there = Math.Min(there + pieceLength, bytes.Length);
            var rest = new ReadOnlySequence<byte>(bytes, taken, there - taken);
            while (cutter.TryTake(ref rest, isLast, out var value))
                values.Add(Encoding.UTF8.GetString(value));
            taken = there - (int)rest.Length;
            if (isLast)
                return values;
        }
    }
}
