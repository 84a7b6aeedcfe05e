using System.IO.Pipelines;
using Hawser.Tests.Endpoints;

namespace Hawser.Tests.Channels;

public sealed class OctetsCallTests
{
    private static readonly Task<byte[]> Never = new TaskCompletionSource<byte[]>().Task;
    private static readonly Task<byte[]> Some = Task.FromResult("octets"u8.ToArray());

    private readonly EndpointRegistry registry = new(JsonCodec.Default);
    private readonly MemoryInvoker invoker;

    public OctetsCallTests() => invoker = new MemoryInvoker(registry);

    [Fact]
    public async Task An_upload_disposes_its_source()
    {
        registry.Map("A/B", async Task<Word> (Stream octets) => new Word(await Texts.ReadAsync(octets)));
        var source = new WatchedStream(Some, Some);
        Assert.Equal("octetsoctets", (await invoker.UploadAsync<Word>("A/B", source)).Text);
        await source.Disposed;
    }

    [Fact]
    public async Task An_upload_that_nobody_reads_gets_its_reply()
    {
        registry.Map("A/B", (Stream octets) => new Word("enough"));
        var source = new WatchedStream([.. Enumerable.Repeat(Task.FromResult(new byte[60_000]), 1000)]);
        Assert.Equal("enough", (await invoker.UploadAsync<Word>("A/B", source)).Text);
        await source.Disposed;
    }

    [Fact]
    public async Task An_upload_that_is_refused_disposes_its_source_and_tells_the_peer_s_status()
    {
        registry.Map("A/B", Word (Stream octets) => throw new RpcException(StatusCode.PermissionDenied, "no"));
        var source = new WatchedStream(Some, Never);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await invoker.UploadAsync<Word>("A/B", source))).Code);
        await source.Disposed;
    }

    [Fact]
    public async Task An_upload_that_is_cancelled_disposes_its_source()
    {
        registry.Map("A/B", async Task<Word> (Stream octets) => new Word(await Texts.ReadAsync(octets)));
        var source = new WatchedStream(Some, Never);
        using var cancellation = new CancellationTokenSource();
        var upload = invoker.UploadAsync<Word>("A/B", source, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload)).CancellationToken);
        await source.Disposed;
    }

    [Fact]
    public async Task An_upload_whose_source_fails_ends_with_that_failure()
    {
        registry.Map("A/B", async Task<Word> (Stream octets) => new Word(await Texts.ReadAsync(octets)));
        var source = new WatchedStream(Some, Task.FromException<byte[]>(new IOException("disk broke")));
        Assert.Equal("disk broke", (await Assert.ThrowsAsync<IOException>(async () => await invoker.UploadAsync<Word>("A/B", source))).Message);
        await source.Disposed;
    }

    [Fact]
    public async Task A_call_that_cannot_start_disposes_its_source()
    {
        invoker.StartFailure = new RpcException(StatusCode.Unavailable, "nobody there");
        var source = new WatchedStream(Some);
        await Assert.ThrowsAsync<RpcException>(async () => await invoker.UploadAsync<Word>("A/B", source));
        await source.Disposed;
    }

    [Fact]
    public async Task A_function_writes_an_upload()
    {
        registry.Map("A/B", async Task<Word> (Word first, Stream octets) => new Word(await Texts.ReadAsync(octets, first.Text)));
        registry.Map("A/C", async Task<Word> (Stream octets) => new Word(await Texts.ReadAsync(octets)));
        Assert.Equal("written", (await invoker.UploadAsync<Word>("A/C", async output => await output.WriteAsync("written"u8.ToArray()))).Text);
        Assert.Equal("oneoctets", (await invoker.UploadAsync<Word, Word>("A/B", new("one"), Texts.Octets("octets"))).Text);
    }

    [Fact]
    public async Task A_download_that_fails_gives_its_octets_first()
    {
        registry.Map("A/B", () => (Stream)new WatchedStream(Some, Task.FromException<byte[]>(new RpcException(StatusCode.DataLoss, "bad sector"))));
        await using var reply = await invoker.DownloadAsync("A/B");
        var buffer = new byte[6];
        await reply.AsStream().ReadExactlyAsync(buffer);
        Assert.Equal("octets"u8.ToArray(), buffer);
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await reply.AsStream().ReadExactlyAsync(buffer));
        Assert.Equal("DataLoss: bad sector", failure.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_handler_returned_is_disposed(bool fails)
    {
        var source = new WatchedStream(fails ? Task.FromException<byte[]>(new IOException("broke")) : Some);
        registry.Map("A/B", () => source);
        await using var reply = await invoker.DownloadAsync("A/B");
        await invoker.WhenServed();
        await source.Disposed;
    }

    [Fact]
    public async Task What_a_handler_returned_is_disposed_when_its_caller_leaves()
    {
        var source = new WatchedStream(Some, Never);
        registry.Map("A/B", () => source);
        var reply = await invoker.DownloadAsync("A/B");
        await reply.Reader.ReadAsync();
        await reply.DisposeAsync();
        await source.Disposed;
    }

    [Fact]
    public async Task My_cancellation_of_a_download_comes_back_as_my_token_s()
    {
        registry.Map("A/B", () => new WatchedStream(Never));
        using var cancellation = new CancellationTokenSource();
        await using var reply = await invoker.DownloadAsync("A/B", cancellation.Token);
        var reading = reply.Reader.ReadAsync().AsTask();
        await cancellation.CancelAsync();
        Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading)).CancellationToken);
    }

    [Fact]
    public async Task An_exchange_moves_octets_both_ways()
    {
        registry.Map("A/B", (PipeReader octets) => octets);
        await using var reply = await invoker.ExchangeAsync("A/B", Texts.Octets("there and back"));
        Assert.Equal("there and back", await Texts.ReadAsync(reply.AsStream()));
    }

    [Fact]
    public async Task An_exchange_whose_source_fails_ends_with_that_failure()
    {
        registry.Map("A/B", (PipeReader octets) => octets);
        await using var reply = await invoker.ExchangeAsync("A/B", new WatchedStream(Task.FromException<byte[]>(new IOException("disk broke"))));
        await Assert.ThrowsAsync<IOException>(() => Texts.ReadAsync(reply.AsStream()));
    }

    [Fact]
    public async Task A_download_without_its_typed_reply_tells_the_status()
    {
        registry.Map("A/B", (Word, Stream) (Word word) => throw new RpcException(StatusCode.NotFound, "no such snapshot"));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await invoker.DownloadAsync<Word, Word>("A/B", new("x")))).Code);
    }
}
