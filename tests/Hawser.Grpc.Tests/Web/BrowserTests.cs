using System.Text.Json.Nodes;

namespace Hawser.Grpc.Tests.Web;

/// <summary>A page in a real browser calls, with nothing but <c>fetch</c>.</summary>
public sealed class BrowserTests(BrowserRun run) : IClassFixture<BrowserRun>
{
    [Theory]
    [InlineData("unary")]
    [InlineData("text")]
    public void A_page_makes_a_unary_call(string form) =>
        AssertSame("""{"messages":["hello"],"status":"0","trailers":{"grpc-status":"0"}}""", Found(run.Allowed)[form]!);

    [Fact]
    public void Metadata_reach_the_handler() => Assert.Equal("from the page", (string?)Found(run.Allowed)["metadata"]!["messages"]![0]);

    [Fact]
    public void A_stream_comes_while_it_is_written_and_ends_with_its_trailers()
    {
        var stream = Found(run.Allowed)["stream"]!;
        AssertSame("""["x"]""", stream["first"]!);
        AssertSame("""["x","x"]""", stream["messages"]!);
        Assert.Equal(("9", "no more: ü", "t"), ((string?)stream["status"], (string?)stream["message"], (string?)stream["trailers"]!["x-trailer"]));
    }

    [Fact]
    public void A_page_can_read_the_status_of_a_call_that_fails_at_once() => Assert.Equal("12", (string?)Found(run.Allowed)["failure"]!["status"]);

    [Theory]
    [InlineData("unary")]
    [InlineData("text")]
    [InlineData("stream")]
    [InlineData("failure")]
    public void A_page_of_another_origin_is_kept_out_by_the_browser(string call) => AssertSame("""{"error":"TypeError"}""", Found(run.Refused)[call]!);

    private static JsonNode Found(JsonNode? results)
    {
        Assert.SkipWhen(results is null, "There is no Chromium on the PATH; Debian's package is 'chromium'.");
        return results!;
    }

    private static void AssertSame(string expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), WithoutNulls(actual)), $"Expected {expected}, got {actual.ToJsonString()}.");

    private static JsonNode WithoutNulls(JsonNode node)
    {
        if (node is not JsonObject properties)
            return node;
        foreach (var (name, _) in properties.Where(static property => property.Value is null).ToList())
            properties.Remove(name);
        return properties;
    }
}
