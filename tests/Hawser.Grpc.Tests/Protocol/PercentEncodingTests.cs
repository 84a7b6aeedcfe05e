using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("no snapshot \"tank@a\"", "no snapshot \"tank@a\"")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n", "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A")]
    public void A_text_is_encoded_as_the_specification_says(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("50% off", "50% off")]
    [InlineData("%2", "%2")]
    [InlineData("%zz", "%zz")]
    [InlineData("%e2%98%ba", "☺")]
    [InlineData("%FF", "\uFFFD")]
    public void What_is_no_escape_stays_as_it_is(string encoded, string text) => Assert.Equal(text, PercentEncoding.Decode(encoded));

    [Fact]
    public void A_text_that_needs_nothing_is_not_copied()
    {
        var text = new string('x', 100);
        Assert.Same(text, PercentEncoding.Encode(text));
        Assert.Same(text, PercentEncoding.Decode(text));
    }

    [Fact]
    public void Unescaped_utf8_of_a_careless_peer_is_read_as_what_it_meant() =>
        Assert.Equal("größer", PercentEncoding.Decode(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("größer"))));

    [Fact]
    public void An_unpaired_surrogate_is_replaced() => Assert.Equal("%EF%BF%BD", PercentEncoding.Encode("\uD800"));

    [Fact]
    public void Every_text_is_read_as_it_was_written() => Prop.ForAll<string>(static text =>
    {
        var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        var encoded = PercentEncoding.Encode(text ?? "");
        return encoded.All(static c => c is >= ' ' and <= '~') && string.Equals(PercentEncoding.Decode(encoded), expected, StringComparison.Ordinal);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_that_is_cut_is_the_beginning_of_the_whole() => Prop.ForAll<string, byte>(static (text, size) =>
    {
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        var cut = PercentEncoding.Cut(whole, size);
        return PercentEncoding.Encode(cut).Length <= size && whole.StartsWith(cut, StringComparison.Ordinal);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_can_be_decoded() => Prop.ForAll<string>(static text => PercentEncoding.Decode($"%{text}%") is not null).QuickCheckThrowOnFailure();
}
