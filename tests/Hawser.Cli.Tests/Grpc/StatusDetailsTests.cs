using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Hawser.Cli.Grpc;
using Hawser.Protobuf;
using Xunit;

namespace Hawser.Cli.Tests.Grpc;

public sealed class StatusDetailsTests
{
    [Fact]
    public void Every_usual_detail_is_told_in_words() => Assert.Equal(
        [
            "ErrorInfo: TYPE_MISMATCH of example.org",
            "  pool: tank",
            "BadRequest: order.items[0].price: must be positive",
            "RetryInfo: try again after 1.5 s",
            "DebugInfo: boom",
            "  at A",
            "  at B",
            "QuotaFailure: project:1: too many calls",
            "PreconditionFailure: TOS user:ann: not accepted",
            "RequestInfo: r-1, serving data xyz",
            "ResourceInfo: bucket b of ann: gone",
            "Help: read this: https://example.org",
            "LocalizedMessage: nein (de)",
        ],
        Describe(
            new ErrorInfo { Type = "TYPE_MISMATCH", Domain = "example.org", Metadata = { ["pool"] = "tank" } },
            new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = "order.items[0].price", Description = "must be positive" } } },
            new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1.5)) },
            new DebugInfo { Detail = "boom", StackEntries = { "at A", "at B" } },
            new QuotaFailure { Violations = { new QuotaFailure.Types.Violation { Subject = "project:1", Description = "too many calls" } } },
            new PreconditionFailure { Violations = { new PreconditionFailure.Types.Violation { Type = "TOS", Subject = "user:ann", Description = "not accepted" } } },
            new RequestInfo { RequestId = "r-1", ServingData = "xyz" },
            new ResourceInfo { ResourceType = "bucket", ResourceName = "b", Owner = "ann", Description = "gone" },
            new Help { Links = { new Help.Types.Link { Description = "read this", Url = "https://example.org" } } },
            new LocalizedMessage { Locale = "de", Message = "nein" }));

    [Fact]
    public void A_type_that_the_schema_has_is_JSON() =>
        Assert.Equal(["google.protobuf.Struct: {\"a\":1}"], Describe(new Struct { Fields = { ["a"] = Value.ForNumber(1) } }));

    [Fact]
    public void A_type_that_nobody_knows_is_named_with_its_bytes()
    {
        var detail = new Any { TypeUrl = "type.googleapis.com/shop.Oops", Value = ByteString.CopyFrom(1, 2) };
        Assert.Equal(["shop.Oops: 2 bytes, base64 AQI="], StatusDetails.Describe(new Google.Rpc.Status { Details = { detail } }.ToByteArray(), ProtoSchema.Empty));
    }

    [Fact]
    public void Bytes_that_are_no_details_are_shown_as_they_are() => Assert.Contains("/w==", Assert.Single(StatusDetails.Describe(new byte[] { 0xFF }, types: null)), StringComparison.Ordinal);

    [Fact]
    public void No_details_are_nothing() => Assert.Empty(StatusDetails.Describe(default, types: null));

    private static IReadOnlyList<string> Describe(params IMessage[] details) =>
        StatusDetails.Describe(new Google.Rpc.Status { Code = 5, Details = { details.Select(Any.Pack) } }.ToByteArray(), types: null);
}
