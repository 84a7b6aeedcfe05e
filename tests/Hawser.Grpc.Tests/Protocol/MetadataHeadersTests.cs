using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

public sealed class MetadataHeadersTests
{
    private const int Plenty = 16 * 1024;

    [Fact]
    public void Bytes_are_written_as_base64_without_padding()
    {
        var headers = new HeaderList();
        MetadataHeaders.Write(new Metadata().Add("a", "x").Add("b-bin", new byte[] { 1, 2, 3, 4 }), ref headers);
        Assert.Equal([("a", "x"), ("b-bin", "AQIDBA")], headers.Lines);
    }

    [Theory]
    [InlineData("AQIDBA")]
    [InlineData("AQIDBA==")]
    [InlineData(" AQIDBA== ")]
    public void Bytes_are_read_with_and_without_padding(string text) => Assert.Equal([1, 2, 3, 4], Read(("k-bin", text)).Single().Bytes.ToArray());

    [Fact]
    public void Joined_lines_of_bytes_are_taken_apart()
    {
        var entries = Read(("k-bin", "AQ,Ag==, Aw"));
        Assert.Equal([1, 2, 3], entries.Select(static entry => entry.Bytes.Span[0]));
    }

    [Theory]
    [InlineData("?")]
    [InlineData("A")]
    [InlineData("AQID*A")]
    [InlineData("AQ=Ag")]
    [InlineData("ÄÖ==")]
    public void Wrong_base64_is_told_with_its_key(string text)
    {
        var wrong = WrongOf(("trace-bin", text));
        Assert.Equal(StatusCode.Internal, wrong.Code);
        Assert.Contains("'trace-bin'", wrong.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grpc-timeout")]
    [InlineData("grpc-anything")]
    [InlineData("Grpc-Status")]
    [InlineData("content-type")]
    [InlineData("te")]
    [InlineData("user-agent")]
    [InlineData("connection")]
    [InlineData(":path")]
    [InlineData("Date")]
    public void A_reserved_name_is_not_taken(string name) => Assert.Empty(Read((name, "x")));

    [Fact]
    public void A_reserved_name_is_refused_by_name_when_it_is_sent()
    {
        var refusal = MetadataHeaders.Refuse(new Metadata().Add("fine", "x").Add("grpc-status", "0"), Plenty);
        Assert.Equal(StatusCode.InvalidArgument, refusal?.Code);
        Assert.Contains("'grpc-status'", refusal!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_the_platform_capitalises_are_folded() => Assert.Equal("authorization", Read(("Authorization", "Bearer x")).Single().Key);

    [Fact]
    public void A_value_that_is_not_printable_is_told_with_its_key() => Assert.Contains("'name'", WrongOf(("name", "Zoë")).Text, StringComparison.Ordinal);

    [Fact]
    public void Too_much_metadata_names_the_limit()
    {
        var wrong = WrongOf([.. Enumerable.Range(0, 10_000).Select(static i => ($"x-{i}", "y"))]);
        Assert.Equal(StatusCode.ResourceExhausted, wrong.Code);
        Assert.Contains("ConnectionLimits.MaxMetadataSize", wrong.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_be_sent_is_what_may_be_read()
    {
        var metadata = new Metadata().Add("k-bin", new byte[100]).Add("name", new string('x', 50));
        var headers = new HeaderList();
        MetadataHeaders.Write(metadata, ref headers);
        var size = headers.Lines.Sum(static line => line.Name.Length + line.Value.Length + MetadataHeaders.FieldOverhead);
        Assert.Null(MetadataHeaders.Refuse(metadata, size));
        Assert.NotNull(MetadataHeaders.Refuse(metadata, size - 1));
    }

    [Fact]
    public void All_bytes_are_read_as_they_were_written() => Prop.ForAll<byte[][]>(static values =>
    {
        var metadata = new Metadata();
        foreach (var value in values)
            metadata.Add("k-bin", value);
        var headers = new HeaderList();
        MetadataHeaders.Write(metadata, ref headers);
        return Read([.. headers.Lines]).Select(static entry => entry.Bytes.ToArray()).SequenceEqual(values, EqualBytes.Instance);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_header_is_metadata_or_refused() => Prop.ForAll<string, string>(static (name, value) =>
    {
        var reader = new MetadataReader(Plenty);
        reader.Add(name ?? "", value ?? "");
        reader.Add($"{name}-bin", value ?? "");
        return reader.Wrong is not null || reader.Metadata.Count >= 0;
    }).QuickCheckThrowOnFailure();

    private static Metadata Read(params (string Name, string Value)[] headers)
    {
        var reader = new MetadataReader(int.MaxValue);
        foreach (var (name, value) in headers)
            reader.Add(name, value);
        Assert.Null(reader.Wrong);
        return reader.Metadata;
    }

    private static Status WrongOf(params (string Name, string Value)[] headers)
    {
        var reader = new MetadataReader(Plenty);
        foreach (var (name, value) in headers)
            reader.Add(name, value);
        return Assert.IsType<Status>(reader.Wrong);
    }

    private sealed class EqualBytes : IEqualityComparer<byte[]>
    {
        public static readonly EqualBytes Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length;
    }
}
