using System.IO.Pipelines;
using Hawser.Node.Quickstart;
using Xunit;

namespace Hawser.Cli.Tests;

public sealed class QuickstartServiceTests
{
    [Fact]
    public void All_its_methods_can_be_mapped()
    {
        var endpoints = new EndpointRegistry(JsonCodec.Default);
        QuickstartService.MapTo(endpoints);
        Assert.NotNull(endpoints.Find("Quickstart/CallMeBack"));
    }

    [Fact]
    public async Task Count_counts_from_one()
    {
        var numbers = await QuickstartService.Count(new CountRequest(3)).ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], numbers.Select(number => number.Value));
    }

    [Fact]
    public async Task Sum_adds() => Assert.Equal(6, (await QuickstartService.SumAsync(QuickstartService.Count(new CountRequest(3)))).Total);

    [Fact]
    public async Task Sum_that_leaves_the_range_is_a_status()
    {
        var numbers = new[] { new Number(long.MaxValue), new Number(1) }.ToAsyncEnumerable();
        Assert.Equal(StatusCode.OutOfRange, (await Assert.ThrowsAsync<RpcException>(() => QuickstartService.SumAsync(numbers))).Code);
    }

    [Fact]
    public async Task Upload_tells_length_and_checksum()
    {
        var octets = PipeReader.Create(new MemoryStream("123456789"u8.ToArray()));
        Assert.Equal(new UploadReply(9, "e3069283"), await QuickstartService.UploadAsync(octets, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Flood_gives_as_many_messages_as_were_asked_for_without_ever_waiting()
    {
        await using var messages = QuickstartService.Flood(new FloodRequest(3, 300)).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            var next = messages.MoveNextAsync();
            Assert.True(next.IsCompletedSuccessfully && await next);
            Assert.Equal((300, (byte)(299 % 251)), (messages.Current.Length, messages.Current.Span[^1]));
        }

        Assert.False(await messages.MoveNextAsync());
    }

    [Theory]
    [InlineData(-1, 1, "messages")]
    [InlineData(QuickstartLimits.MaxFloodMessages + 1, 1, "messages")]
    [InlineData(1, -1, "bytes")]
    [InlineData(1, QuickstartLimits.MaxFloodMessageBytes + 1, "bytes")]
    public void More_than_the_limit_is_a_status_that_names_it(long messages, int bytes, string what)
    {
        var status = Assert.Throws<RpcException>(() => QuickstartService.Flood(new FloodRequest(messages, bytes))).Status;
        Assert.Equal(StatusCode.OutOfRange, status.Code);
        Assert.StartsWith($"'{what}' is ", status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Fail_ends_with_the_status_that_was_asked_for()
    {
        QuickstartService.Fail(new FailRequest(0));
        Assert.Equal("PermissionDenied: no", Assert.Throws<RpcException>(() => QuickstartService.Fail(new FailRequest(7, "no"))).Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(17)]
    public void Fail_knows_seventeen_statuses(int code) =>
        Assert.Equal(StatusCode.InvalidArgument, Assert.Throws<RpcException>(() => QuickstartService.Fail(new FailRequest(code))).Code);
}
