using Hawser.Cli.Parsing;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class ParsingTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("2s", 2000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("0", 0)]
    public void Durations_have_units(string text, double milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("25h")]
    [InlineData("NaNs")]
    [InlineData("1e3s")]
    [InlineData("")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("512", 512L)]
    [InlineData("64KiB", 65_536L)]
    [InlineData("64kib", 65_536L)]
    [InlineData("1.5GiB", 1_610_612_736L)]
    [InlineData("10MB", 10_000_000L)]
    [InlineData("7 B", 7L)]
    public void Sizes_may_have_units(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("0.3B")]
    [InlineData("9999999TiB")]
    [InlineData("99999999999999999999999999999999999999999")]
    [InlineData("5 apples")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(2147483648, "2.00 GiB")]
    [InlineData(1048575, "1.00 MiB")]
    public void Sizes_are_shown_with_three_digits(double bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Theory]
    [InlineData("tcp://127.0.0.1:4772")]
    [InlineData("tls://example.org:4773")]
    [InlineData("tcp://[::1]:4772")]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("tcp://127.0.0.1:65535")]
    [InlineData("unix:/run/hawser.sock")]
    [InlineData("grpc://127.0.0.1:4770")]
    [InlineData("grpcs://api.example.org:443")]
    public void Addresses_of_the_known_transports_are_taken(string address) => Assert.Null(Address.Check(address));

    [Theory]
    [InlineData("ftp://127.0.0.1:21", "unknown scheme 'ftp:'")]
    [InlineData("inproc:a", "same process")]
    [InlineData("tcp://127.0.0.1", "has no port")]
    [InlineData("4772", "not an address")]
    [InlineData("grpc://127.0.0.1", "write for instance grpc://127.0.0.1:4770")]
    [InlineData("localhost:50051", "write grpc://localhost:50051")]
    [InlineData("http://127.0.0.1:80", "unknown scheme 'http:'")]
    [InlineData("unix:", "names no file; write for instance unix:/run/hawser.sock")]
    [InlineData("tcp://127.0.0.1:99999", "has the port 99999; ports go up to 65535")]
    [InlineData("grpc://[::1]:65536/", "has the port 65536; ports go up to 65535")]
    [InlineData("localhost:123456789012345678901234567890", "has the port 123456789012345678901234567890; ports go up to 65535")]
    public void Other_addresses_are_refused_with_the_reason(string address, string reason) => Assert.Contains(reason, Address.Check(address), StringComparison.Ordinal);

    [Fact]
    public void Metadata_is_a_key_and_a_value()
    {
        var metadata = new Metadata();
        Assert.Null(MetadataOption.TryAdd(metadata, "User=ann=b"));
        Assert.Null(MetadataOption.TryAdd(metadata, "token-bin=AQI="));
        Assert.Equal("ann=b", metadata["user"]);
        Assert.Equal(new byte[] { 1, 2 }, metadata.Last().Bytes.ToArray());
    }

    [Theory]
    [InlineData("authorization: Bearer a=b", "authorization", "Bearer a=b")]
    [InlineData("user:ann", "user", "ann")]
    [InlineData("user=a: b", "user", "a: b")]
    [InlineData("empty:", "empty", "")]
    public void Metadata_may_be_written_as_a_header(string text, string key, string value)
    {
        var metadata = new Metadata();
        Assert.Null(MetadataOption.TryAdd(metadata, text));
        Assert.Equal(value, metadata[key]);
    }

    [Theory]
    [InlineData("user", "KEY=VALUE")]
    [InlineData("=x", "KEY=VALUE")]
    [InlineData("a b=x", "' '")]
    [InlineData("t-bin=%", "base64")]
    public void Other_metadata_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, MetadataOption.TryAdd(new Metadata(), text), StringComparison.Ordinal);
}
