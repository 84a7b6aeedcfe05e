using System.IO.Pipelines;
using Hawser.Tests.Endpoints;

namespace Hawser.Tests.Channels;

public sealed class ClientProxyTests
{
    private readonly EndpointRegistry registry = new(JsonCodec.Default);
    private readonly MemoryInvoker invoker;
    private readonly Everything service = new();

    public ClientProxyTests()
    {
        invoker = new MemoryInvoker(registry);
        registry.MapService<IEverything>(service);
    }

    [Fact]
    public async Task Both_sides_share_an_interface_that_is_not_public()
    {
        await using var client = invoker.CreateClient<IEverything>();
        Assert.Equal("hi!", (await client.ShoutAsync(new Word("hi"), CancellationToken.None)).Text);
        Assert.Equal(3, await client.CountAsync(Texts.Words("a", "b", "c")));
        Assert.Equal("abc", await Texts.JoinAsync(client.Letters(new Word("abc"))));
        Assert.Equal("ab", await Texts.JoinAsync(client.Chat(Texts.Words("a", "b"))));
        Assert.Equal(6, await client.UploadAsync(Texts.Octets("octets")));
        Assert.Equal("abc", await Texts.ReadAsync(await client.DownloadAsync(new Word("abc"))));
        Assert.Equal("abc", await Texts.ReadAsync((await client.ReaderAsync(new Word("abc"))).AsStream()));
        var (reply, octets) = await client.BothAsync(new Word("x"), Texts.Octets("octets"));
        Assert.Equal("x", reply.Text);
        Assert.Equal("octets", await Texts.ReadAsync(octets));
        Assert.Equal("v", await client.MetadataAsync(new CallOptions { Metadata = new Metadata().Add("k", "v") }));
        Assert.Equal("Everything/Where", await client.WhereAsync(null));
        await client.DoNothingAsync();
        Assert.Equal(7, await client.InheritedAsync(7));
    }

    [Fact]
    public async Task Octets_are_written_to_the_caller_s_PipeWriter()
    {
        var pipe = new Pipe();
        await invoker.CreateClient<IEverything>().WriteAsync(pipe.Writer);
        await pipe.Writer.CompleteAsync();
        Assert.Equal("written", await Texts.ReadAsync(pipe.Reader.AsStream()));
    }

    [Fact]
    public async Task A_one_way_method_is_told()
    {
        await invoker.CreateClient<IEverything>().TellAsync("news");
        Assert.Equal("news", await service.Told.Task);
    }

    [Fact]
    public async Task Cancellation_goes_through_a_client()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => invoker.CreateClient<IEverything>().ShoutAsync(new Word("x"), cancellation.Token));
        Assert.Equal(cancellation.Token, failure.CancellationToken);
    }

    [Fact]
    public void A_client_s_class_is_made_once() =>
        Assert.Equal(invoker.CreateClient<IEverything>().GetType(), invoker.CreateClient<IEverything>().GetType());

    [Fact]
    public async Task A_delegate_calls()
    {
        var shout = invoker.CreateDelegate<Func<Word, CancellationToken, Task<Word>>>("Everything/Shout");
        Assert.Equal("hi!", (await shout(new Word("hi"), CancellationToken.None)).Text);
    }

    [Fact]
    public void A_call_that_would_block_is_refused()
    {
        var failure = Assert.Throws<ArgumentException>(() => invoker.CreateDelegate<Func<Word, Word>>("A/B"));
        Assert.Equal("'A/B' cannot be called as 'Word': a call takes time and would block the caller's thread; return a Task or a ValueTask (of it).", failure.Message);
        Assert.Throws<ArgumentException>(() => invoker.CreateClient<IBlocking>());
    }

    [Fact]
    public void Options_and_token_together_are_refused() =>
        Assert.Contains("both CallOptions and a CancellationToken", Assert.Throws<ArgumentException>(
            () => invoker.CreateDelegate<Func<CallOptions, CancellationToken, Task>>("A/B")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_class_has_no_client() => Assert.Throws<ArgumentException>(() => invoker.CreateClient<Everything>());

    private interface IInherited
    {
        ValueTask<int> InheritedAsync(int number);
    }

    private interface IBlocking
    {
        void Tell(string text);
    }

    private interface IEverything : IInherited, IAsyncDisposable, IDisposable
    {
        Task<Word> ShoutAsync(Word word, CancellationToken cancellationToken);

        ValueTask<int> CountAsync(IAsyncEnumerable<Word> words);

        IAsyncEnumerable<Word> Letters(Word word);

        IAsyncEnumerable<Word> Chat(IAsyncEnumerable<Word> words);

        Task<long> UploadAsync(Stream octets);

        Task<Stream> DownloadAsync(Word word);

        ValueTask<PipeReader> ReaderAsync(Word word);

        Task<(Word Reply, Stream Octets)> BothAsync(Word word, Stream octets);

        Task WriteAsync(PipeWriter output);

        Task<string?> MetadataAsync(CallOptions options);

        Task<string> WhereAsync(CallContext? context);

        ValueTask DoNothingAsync();

        [RpcMethod(OneWay = true)]
        Task TellAsync(string text);
    }

    private sealed class Everything : IEverything
    {
        public TaskCompletionSource<string> Told { get; } = new();

        public Task<Word> ShoutAsync(Word word, CancellationToken cancellationToken) => Task.FromResult(new Word(word.Text + "!"));

        public async ValueTask<int> CountAsync(IAsyncEnumerable<Word> words)
        {
            var count = 0;
            await foreach (var _ in words)
                count++;
            return count;
        }

        public IAsyncEnumerable<Word> Letters(Word word) => Texts.LettersAsync(Task.FromResult(word.Text));

        public IAsyncEnumerable<Word> Chat(IAsyncEnumerable<Word> words) => words;

        public async Task<long> UploadAsync(Stream octets) => (await Texts.ReadAsync(octets)).Length;

        public Task<Stream> DownloadAsync(Word word) => Task.FromResult<Stream>(Texts.Octets(word.Text));

        public ValueTask<PipeReader> ReaderAsync(Word word) => new(PipeReader.Create(Texts.Octets(word.Text)));

        public Task<(Word Reply, Stream Octets)> BothAsync(Word word, Stream octets) => Task.FromResult((word, octets));

        public async Task WriteAsync(PipeWriter output) => await output.WriteAsync("written"u8.ToArray());

        public Task<string?> MetadataAsync(CallOptions options) => Task.FromResult(options.Metadata!["k"]);

        public Task<string> WhereAsync(CallContext? context) => Task.FromResult(context!.Method.FullName);

        public ValueTask DoNothingAsync() => default;

        public Task TellAsync(string text)
        {
            Told.SetResult(text);
            return Task.CompletedTask;
        }

        public ValueTask<int> InheritedAsync(int number) => new(number);

        public ValueTask DisposeAsync() => default;

        public void Dispose()
        {
        }
    }
}
