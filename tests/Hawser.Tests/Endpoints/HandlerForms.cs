using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Hawser.Tests.Endpoints;

public sealed record Word(string Text);

/// <summary>Every form that a handler's request can take. What it is told ends up in one text.</summary>
internal static class RequestForms
{
    public static readonly string[] Names = ["nothing", "message", "stream", "Stream", "PipeReader", "message and Stream", "message and PipeReader"];

    public static Delegate MakeHandler<TResult>(string form, Func<Task<string>, TResult> answer) => form switch
    {
        "nothing" => () => answer(Task.FromResult("nothing")),
        "message" => (Word word) => answer(Task.FromResult(word.Text)),
        "stream" => (IAsyncEnumerable<Word> words) => answer(Texts.JoinAsync(words)),
        "Stream" => (Stream octets) => answer(Texts.ReadAsync(octets)),
        "PipeReader" => (PipeReader octets) => answer(Texts.ReadAsync(octets.AsStream())),
        "message and Stream" => (Word word, Stream octets) => answer(Texts.ReadAsync(octets, word.Text)),
        "message and PipeReader" => (PipeReader octets, Word word) => answer(Texts.ReadAsync(octets.AsStream(), word.Text)),
        _ => throw new ArgumentException(form),
    };

    public static string Expected(string form) => form switch
    {
        "nothing" => "nothing",
        "message" => "one",
        "stream" => "onetwothree",
        "Stream" or "PipeReader" => "octets",
        _ => "oneoctets",
    };

    /// <summary>Makes the caller's half of a form and hands it to who calls.</summary>
    public static Task<string> CallAsync(string form, IRequestUser user) => form switch
    {
        "nothing" => user.UseAsync(new MessageRequest<Empty>(default)),
        "message" => user.UseAsync(new MessageRequest<Word>(new Word("one"))),
        "stream" => user.UseAsync(new StreamRequest<Word>(Texts.Words("one", "two", "three"))),
        "Stream" or "PipeReader" => user.UseAsync(new OctetsRequest<Empty>(default, OctetsSource.Of(Texts.Octets("octets")))),
        _ => user.UseAsync(new OctetsRequest<Word>(new Word("one"), OctetsSource.Of(PipeReader.Create(Texts.Octets("octets"))))),
    };
}

internal interface IRequestUser
{
    Task<string> UseAsync<TRequest>(OutgoingRequest<TRequest> request);
}

/// <summary>Every form that a handler's response can take.</summary>
internal static class ResponseForms
{
    public static readonly string[] Names =
    [
        "T", "Task<T>", "ValueTask<T>", "IAsyncEnumerable<T>", "Task<IAsyncEnumerable<T>>", "Stream", "Task<Stream>", "ValueTask<PipeReader>",
        "(T, Stream)", "Task<(T, Stream)>", "ValueTask<(T, PipeReader)>", "Task", "ValueTask", "void",
    ];

    public static Delegate MakeHandler(string response, string request, TaskCompletionSource<string> told) => response switch
    {
        "T" => RequestForms.MakeHandler(request, text => new Word(text.GetAwaiter().GetResult())),
        "Task<T>" => RequestForms.MakeHandler(request, Texts.WordAsync),
        "ValueTask<T>" => RequestForms.MakeHandler(request, text => new ValueTask<Word>(Texts.WordAsync(text))),
        "IAsyncEnumerable<T>" => RequestForms.MakeHandler(request, Texts.LettersAsync),
        "Task<IAsyncEnumerable<T>>" => RequestForms.MakeHandler(request, text => Task.FromResult(Texts.LettersAsync(text))),
        "Stream" => RequestForms.MakeHandler(request, text => (Stream)Texts.Octets(text.GetAwaiter().GetResult())),
        "Task<Stream>" => RequestForms.MakeHandler(request, Texts.StreamAsync),
        "ValueTask<PipeReader>" => RequestForms.MakeHandler(request, async ValueTask<PipeReader> (text) => PipeReader.Create(await Texts.StreamAsync(text))),
        "(T, Stream)" => RequestForms.MakeHandler(request, text => (new Word("reply:"), Texts.Octets(text.GetAwaiter().GetResult()))),
        "Task<(T, Stream)>" => RequestForms.MakeHandler(request, async text => (new Word("reply:"), await Texts.StreamAsync(text))),
        "ValueTask<(T, PipeReader)>" => RequestForms.MakeHandler(
            request, async ValueTask<(Word, PipeReader)> (text) => (new Word("reply:"), PipeReader.Create(await Texts.StreamAsync(text)))),
        "Task" => RequestForms.MakeHandler(request, async Task (text) => told.SetResult(await text)),
        "ValueTask" => RequestForms.MakeHandler(request, async ValueTask (text) => told.SetResult(await text)),
        "void" => MakeVoid(request, told),
        _ => throw new ArgumentException(response),
    };

    public static string Expected(string response, string text) => response.Contains('(', StringComparison.Ordinal) ? "reply:" + text : text;

    private static Delegate MakeVoid(string request, TaskCompletionSource<string> told) => request switch
    {
        "nothing" => () => told.SetResult("nothing"),
        "message" => (Word word) => told.SetResult(word.Text),
        "stream" => (IAsyncEnumerable<Word> words) => told.SetResult(Texts.JoinAsync(words).GetAwaiter().GetResult()),
        "Stream" => (Stream octets) => told.SetResult(Texts.ReadAsync(octets).GetAwaiter().GetResult()),
        "PipeReader" => (PipeReader octets) => told.SetResult(Texts.ReadAsync(octets.AsStream()).GetAwaiter().GetResult()),
        "message and Stream" => (Word word, Stream octets) => told.SetResult(Texts.ReadAsync(octets, word.Text).GetAwaiter().GetResult()),
        _ => (Word word, PipeReader octets) => told.SetResult(Texts.ReadAsync(octets.AsStream(), word.Text).GetAwaiter().GetResult()),
    };
}

/// <summary>Calls with any request and gathers any response into one text.</summary>
internal sealed class FormCaller(CallInvoker invoker, string method, string response, TaskCompletionSource<string> told) : IRequestUser
{
    public async Task<string> UseAsync<TRequest>(OutgoingRequest<TRequest> request)
    {
        if (response.Contains("IAsyncEnumerable", StringComparison.Ordinal))
            return await Texts.JoinAsync(invoker.StreamWith<TRequest, Word>(method, request, default));
        if (response.Contains('(', StringComparison.Ordinal))
        {
            await using var both = await invoker.ReceiveReplyAndOctetsAsync<TRequest, Word>(method, request, default);
            return await Texts.ReadAsync(both.AsStream(), both.Reply.Text);
        }

        if (response.Contains("Stream", StringComparison.Ordinal) || response.Contains("Pipe", StringComparison.Ordinal))
        {
            await using var octets = await invoker.ReceiveOctetsAsync(method, request, default);
            return await Texts.ReadAsync(octets.AsStream());
        }

        if (response.Contains('T', StringComparison.Ordinal) && response is not ("Task" or "ValueTask"))
            return (await invoker.CallWithAsync<TRequest, Word>(method, request, default)).Text;
        await invoker.CallWithAsync<TRequest, Empty>(method, request, default);
        return await told.Task;
    }
}

internal static class Texts
{
    public static MemoryStream Octets(string text) => new(Encoding.UTF8.GetBytes(text));

    public static async Task<string> ReadAsync(Stream octets, string before = "")
    {
        using var reader = new StreamReader(octets);
        return before + await reader.ReadToEndAsync();
    }

    public static async Task<string> JoinAsync(IAsyncEnumerable<Word> words)
    {
        var text = new StringBuilder();
        await foreach (var word in words)
            text.Append(word.Text);
        return text.ToString();
    }

    public static async IAsyncEnumerable<Word> Words(params string[] words)
    {
        foreach (var word in words)
        {
            await Task.Yield();
            yield return new Word(word);
        }
    }

    public static async IAsyncEnumerable<Word> LettersAsync(Task<string> text)
    {
        foreach (var letter in await text)
            yield return new Word(letter.ToString());
    }

    public static async Task<Word> WordAsync(Task<string> text) => new(await text);

    public static async Task<Stream> StreamAsync(Task<string> text) => Octets(await text);

    public static ReadOnlySequence<byte> Segments(ReadOnlySpan<byte> bytes, int size)
    {
        Segment? first = null, last = null;
        for (var i = 0; i < bytes.Length; i += size)
        {
            last = new Segment(bytes.Slice(i, Math.Min(size, bytes.Length - i)).ToArray(), last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
