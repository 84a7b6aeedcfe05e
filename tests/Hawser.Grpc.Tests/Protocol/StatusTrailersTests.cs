using FsCheck;
using FsCheck.Fluent;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

public sealed class StatusTrailersTests
{
    [Fact]
    public void A_plain_success_is_one_trailer()
    {
        var trailers = new HeaderList();
        StatusTrailers.Write(Status.Ok, Metadata.Empty, ref trailers);
        Assert.Equal([("grpc-status", "0")], trailers.Lines);
    }

    [Fact]
    public void Every_status_is_read_as_it_was_written() => Prop.ForAll<byte, string, byte[]>(static (code, text, details) =>
    {
        text = PercentEncoding.Decode(PercentEncoding.Encode(text ?? ""));
        var status = new Status((StatusCode)(code % 17), text, details);
        var trailers = new HeaderList();
        StatusTrailers.Write(status, new Metadata().Add("cause", "x").Add("more-bin", new byte[] { 7 }), ref trailers);
        var reader = Read([.. trailers.Lines]);
        var read = reader.ToStatus()!;
        return read.Code == status.Code && string.Equals(read.Text, text, StringComparison.Ordinal) && read.Details.Span.SequenceEqual(details)
            && string.Equals(reader.Metadata["cause"], "x", StringComparison.Ordinal) && reader.Metadata.Count == 2;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_plain_success_makes_no_new_status() => Assert.Same(Status.Ok, Read(("grpc-status", "0")).ToStatus());

    [Fact]
    public void Trailers_without_a_status_have_none()
    {
        var reader = Read(("cause", "x"));
        Assert.False(reader.HasStatus);
        Assert.Null(reader.ToStatus());
    }

    [Theory]
    [InlineData("17")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("")]
    [InlineData("99999999999")]
    public void A_code_that_grpc_does_not_have_is_unknown_and_told(string code)
    {
        var status = Read(("grpc-status", code), ("grpc-message", "no%20disk")).ToStatus()!;
        Assert.Equal(StatusCode.Unknown, status.Code);
        Assert.Contains($"'{code}'", status.Text, StringComparison.Ordinal);
        Assert.Contains("no disk", status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Details_that_are_not_base64_do_not_hide_the_status()
    {
        var status = Read(("grpc-status", "5"), ("grpc-message", "gone"), ("grpc-status-details-bin", "???")).ToStatus()!;
        Assert.Equal(StatusCode.Internal, status.Code);
        Assert.Contains("NotFound", status.Text, StringComparison.Ordinal);
        Assert.Contains("gone", status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_success_whose_metadata_cannot_be_read_is_none() => Assert.Equal(StatusCode.Internal, Read(("k-bin", "?"), ("grpc-status", "0")).ToStatus()?.Code);

    [Fact]
    public void A_failure_whose_metadata_cannot_be_read_stays_what_it_was() => Assert.Equal(StatusCode.NotFound, Read(("k-bin", "?"), ("grpc-status", "5")).ToStatus()?.Code);

    [Fact]
    public void A_status_text_over_the_limit_names_it()
    {
        var status = Read(("grpc-message", new string('x', 20_000))).ToStatus();
        Assert.Equal(StatusCode.ResourceExhausted, status?.Code);
        Assert.Contains("MaxMetadataSize", status!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_trailers_are_a_status_or_none() => Prop.ForAll<string, string, string>(static (code, text, details) =>
        Read(("grpc-status", code ?? ""), ("grpc-message", text ?? ""), ("grpc-status-details-bin", details ?? "")).ToStatus() is not null).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(502, StatusCode.Unavailable)]
    [InlineData(503, StatusCode.Unavailable)]
    [InlineData(504, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(302, StatusCode.Unknown)]
    public void An_http_status_has_a_meaning(int http, StatusCode code)
    {
        var status = HttpStatus.ToStatus(http, "grpc://host:1", "a.B/C");
        Assert.Equal(code, status.Code);
        Assert.Contains($"HTTP status {http}", status.Text, StringComparison.Ordinal);
        Assert.Contains("grpc://host:1", status.Text, StringComparison.Ordinal);
    }

    private static StatusReader Read(params (string Name, string Value)[] trailers)
    {
        var reader = new StatusReader(16 * 1024);
        foreach (var (name, value) in trailers)
            reader.Add(name, value);
        return reader;
    }
}
