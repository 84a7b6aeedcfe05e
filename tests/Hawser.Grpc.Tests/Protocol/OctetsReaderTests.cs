using System.IO.Pipelines;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Tests.Protocol;

/// <summary>Octets that travelled as messages, as a handler reads them.</summary>
public sealed class OctetsReaderTests
{
    [Fact(Timeout = Hang)]
    public async Task What_came_before_a_cut_is_read_and_then_the_cut_is_told()
    {
        var reader = Cut([1, 2, 3]);

        var read = await reader.ReadAtLeastAsync(3, TestContext.Current.CancellationToken);
        Assert.False(read.IsCompleted);
        reader.AdvanceTo(read.Buffer.End);

        await AssertCutAsync(reader);
    }

    [Fact(Timeout = Hang)]
    public async Task Whoever_wants_more_than_came_before_a_cut_is_told_of_it()
    {
        var reader = Cut([1, 2, 3]);

        var read = await reader.ReadAtLeastAsync(3, TestContext.Current.CancellationToken);
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);

        await AssertCutAsync(reader);
    }

    [Fact(Timeout = Hang)]
    public async Task A_clean_end_is_no_cut()
    {
        var reader = OctetsReader.Start(async octets => await octets.WriteAsync(new byte[] { 1 }));

        var read = await reader.ReadAtLeastAsync(2, TestContext.Current.CancellationToken);

        Assert.True(read.IsCompleted);
        Assert.Equal(1, read.Buffer.Length);
    }

    [Fact(Timeout = Hang)]
    public async Task A_failure_that_nobody_expected_reaches_the_reader()
    {
        var reader = OctetsReader.Start(static _ => throw new InvalidOperationException("a bug"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

        Assert.Equal("a bug", failure.Message);
    }

    private static OctetsReader Cut(byte[] before) => OctetsReader.Start(async octets =>
    {
        await octets.WriteAsync(before);
        throw new RpcException(StatusCode.Unavailable, "The cable was pulled.");
    });

    private static async Task AssertCutAsync(PipeReader reader)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(StatusCode.Unavailable, failure.Code);
    }
}
