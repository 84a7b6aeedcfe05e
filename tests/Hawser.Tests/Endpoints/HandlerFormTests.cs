using System.IO.Pipelines;

namespace Hawser.Tests.Endpoints;

public sealed class HandlerFormTests
{
    private readonly EndpointRegistry registry = new(JsonCodec.Default);

    public static TheoryData<string, string> Forms() =>
        new(RequestForms.Names.SelectMany(request => ResponseForms.Names.Select(response => (request, response))));

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Every_request_goes_with_every_response(string request, string response)
    {
        var told = new TaskCompletionSource<string>();
        registry.Map("Forms/Call", ResponseForms.MakeHandler(response, request, told));
        var invoker = new MemoryInvoker(registry);

        var answer = await RequestForms.CallAsync(request, new FormCaller(invoker, "Forms/Call", response, told));

        Assert.Equal(ResponseForms.Expected(response, RequestForms.Expected(request)), answer);
    }

    [Fact]
    public async Task A_handler_writes_octets_to_a_PipeWriter()
    {
        registry.Map("Forms/Write", async Task (Word word, PipeWriter output) => await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(word.Text)));
        await using var reply = await new MemoryInvoker(registry).DownloadAsync("Forms/Write", new Word("written"));
        Assert.Equal("written", await Texts.ReadAsync(reply.AsStream()));
    }

    [Fact]
    public async Task Context_token_and_options_stand_anywhere()
    {
        registry.Map("Forms/All", (CallContext context, Word word, CancellationToken token, CallOptions options) =>
            new Word($"{word.Text} {context.Method} {token == context.CancellationToken} {options.Metadata!["k"]}"));
        var options = new CallOptions { Metadata = new Metadata().Add("k", "v") };
        var reply = await new MemoryInvoker(registry).CallAsync<Word, Word>("Forms/All", new("hi"), options);
        Assert.Equal("hi Forms/All True v", reply.Text);
    }

    [Fact]
    public async Task Trailers_of_a_handler_arrive_with_the_status()
    {
        registry.Map("Forms/Trailers", (CallContext context) =>
        {
            context.Trailers.Add("cost", "7");
            return new Word("x");
        });
        var result = new CallResult();
        await new MemoryInvoker(registry).CallAsync<Word>("Forms/Trailers", new CallOptions { Result = result });
        Assert.Equal(StatusCode.Ok, result.Status!.Code);
        Assert.Equal("7", result.Trailers["cost"]);
    }

    [Fact]
    public async Task Trailers_of_a_handler_arrive_with_its_failure()
    {
        registry.Map("Forms/Trailers", Word (CallContext context) =>
        {
            context.Trailers.Add("cost", "7");
            throw new RpcException(StatusCode.Aborted, "no");
        });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new MemoryInvoker(registry).CallAsync<Word>("Forms/Trailers"));
        Assert.Equal("Aborted: no", failure.Message);
        Assert.Equal("7", failure.Trailers["cost"]);
    }

    [Fact]
    public async Task A_one_way_handler_runs_and_its_caller_hears_nothing()
    {
        var told = new TaskCompletionSource<string>();
        registry.MapOneWay("Forms/Tell", (Word word) => told.SetResult(word.Text));
        await new MemoryInvoker(registry).NotifyAsync("Forms/Tell", new Word("news"));
        Assert.Equal("news", await told.Task);
        Assert.Equal(MethodKind.OneWay, registry.Find("Forms/Tell")!.Method.Kind);
    }

    [Fact]
    public void A_handler_is_one_way_by_attribute()
    {
        registry.Map("Forms/Tell", [RpcMethod(OneWay = true)] (Word word) => Task.CompletedTask);
        Assert.True(registry.Find("Forms/Tell")!.Method.IsOneWay);
    }
}
