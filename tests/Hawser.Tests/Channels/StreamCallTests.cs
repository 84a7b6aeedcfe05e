using Hawser.Tests.Endpoints;

namespace Hawser.Tests.Channels;

public sealed class StreamCallTests
{
    private static readonly Task<Word> Never = new TaskCompletionSource<Word>().Task;

    private readonly EndpointRegistry registry = new(JsonCodec.Default);
    private readonly MemoryInvoker invoker;

    public StreamCallTests() => invoker = new MemoryInvoker(registry);

    [Fact]
    public async Task A_duplex_call_answers_while_it_asks()
    {
        registry.Map("A/B", (IAsyncEnumerable<Word> words) => words);
        var second = new TaskCompletionSource<Word>();
        var heard = new List<string>();
        await foreach (var word in invoker.StreamAsync<Word, Word>("A/B", new WatchedWords(true, Task.FromResult(new Word("one")), second.Task)))
        {
            heard.Add(word.Text);
            second.TrySetResult(new Word("two"));
        }

        Assert.Equal(["one", "two"], heard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reply_comes_while_requests_are_still_being_sent(bool sourceHeedsToken)
    {
        registry.Map("A/B", (IAsyncEnumerable<Word> words) => new Word("enough"));
        var rest = new TaskCompletionSource<Word>();
        var source = new WatchedWords(sourceHeedsToken, rest.Task);
        Assert.Equal("enough", (await invoker.CallAsync<Word, Word>("A/B", source)).Text);
        rest.TrySetResult(new Word("late"));
        await source.Disposed;
    }

    [Fact]
    public async Task The_peer_s_status_arrives_while_requests_are_still_being_sent()
    {
        registry.Map("A/B", Word (IAsyncEnumerable<Word> words) => throw new RpcException(StatusCode.PermissionDenied, "no"));
        var source = new WatchedWords(true, Never);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await invoker.CallAsync<Word, Word>("A/B", source))).Code);
        await source.Disposed;
    }

    [Fact]
    public async Task What_a_source_throws_reaches_the_caller_and_cancels_the_call()
    {
        registry.Map("A/B", async Task<Word> (IAsyncEnumerable<Word> words) => new Word(await Texts.JoinAsync(words)));
        var source = new WatchedWords(true, Task.FromResult(new Word("x")), Task.FromException<Word>(new IOException("source broke")));
        Assert.Equal("source broke", (await Assert.ThrowsAsync<IOException>(async () => await invoker.CallAsync<Word, Word>("A/B", source))).Message);
        Assert.True(invoker.LastCall.CancellationToken.IsCancellationRequested);
        await source.Disposed;
    }

    [Fact]
    public async Task What_a_source_throws_comes_out_of_the_replies()
    {
        registry.Map("A/B", (IAsyncEnumerable<Word> words) => words);
        var source = new WatchedWords(true, Task.FromException<Word>(new IOException("source broke")));
        await Assert.ThrowsAsync<IOException>(() => Texts.JoinAsync(invoker.StreamAsync<Word, Word>("A/B", source)));
    }

    [Fact]
    public async Task Replies_before_a_failure_are_delivered()
    {
        registry.Map("A/B", () => Failing());
        var heard = new List<string>();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var word in invoker.StreamAsync<Word>("A/B"))
                heard.Add(word.Text);
        });
        Assert.Equal(["one", "two"], heard);
        Assert.Equal("Unknown: The handler of 'A/B' failed.", failure.Message);
    }

    [Fact]
    public async Task Leaving_early_cancels_the_call()
    {
        registry.Map("A/B", (CancellationToken token) => Endless(token));
        await foreach (var _ in invoker.StreamAsync<Word>("A/B"))
            break;
        await invoker.WhenServed();
        Assert.Equal(StatusCode.Cancelled, invoker.LastCall.Status!.Code);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task The_token_that_fired_comes_back(bool byOptions, bool byEnumeration)
    {
        registry.Map("A/B", (CancellationToken token) => Endless(token));
        using var options = new CancellationTokenSource();
        using var enumeration = new CancellationTokenSource();
        var expected = byEnumeration ? enumeration : options;
        var replies = invoker.StreamAsync<Word>("A/B", byOptions ? options.Token : default);
        var failure = await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in replies.WithCancellation(byEnumeration ? enumeration.Token : default))
                await expected.CancelAsync();
        });
        Assert.Equal(expected.Token, failure.CancellationToken);
    }

    [Fact]
    public async Task Result_tells_status_and_trailers_of_a_stream()
    {
        registry.Map("A/B", (CallContext context) =>
        {
            context.Trailers.Add("count", "1");
            return Texts.Words("one");
        });
        var result = new CallResult();
        await Texts.JoinAsync(invoker.StreamAsync<Word>("A/B", new CallOptions { Result = result }));
        Assert.Equal(StatusCode.Ok, result.Status!.Code);
        Assert.Equal("1", result.Trailers["count"]);
    }

    [Fact]
    public async Task A_second_reply_is_an_error()
    {
        registry.Add(new TwoReplies());
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await invoker.CallAsync<Word, Word>("A/B", Texts.Words("x")));
        Assert.Equal("Internal: 'A/B' sent a second reply where one is expected; call it by StreamAsync if it streams.", failure.Message);
    }

    private static async IAsyncEnumerable<Word> Failing()
    {
        yield return new Word("one");
        await Task.Yield();
        yield return new Word("two");
        throw new IOException("secret");
    }

    private static async IAsyncEnumerable<Word> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        while (true)
        {
            yield return new Word("x");
            await Task.Yield();
            token.ThrowIfCancellationRequested();
        }
    }

    private sealed class TwoReplies() : Endpoint(new Method("A/B", Body.Stream))
    {
        public override async ValueTask InvokeAsync(ServerCall call)
        {
            await call.WriteAsync(new("{}"u8.ToArray()));
            await call.WriteAsync(new("{}"u8.ToArray()));
            await call.FinishAsync(Status.Ok);
        }
    }
}
