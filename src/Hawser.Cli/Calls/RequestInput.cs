using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Calls;

/// <summary>Where a call's request comes from: the argument itself, a file (<c>@file</c>), or standard input (<c>-</c>).</summary>
internal sealed class RequestInput : IDisposable
{
    public const string Help = "The request: JSON, @FILE, or - for standard input. Methods that take a stream read JSON values one after another (standard input unless given).";

    private const int BufferLength = 64 * 1024;

    private readonly byte[]? literal;
    private readonly Stream stream;
    private readonly bool isGiven;
    private readonly string source;

    private RequestInput(byte[]? literal, Stream stream, bool isGiven, string source)
    {
        this.literal = literal;
        this.stream = stream;
        this.isGiven = isGiven;
        this.source = source;
    }

    /// <summary>Opens what the argument names, and checks JSON that stands in the argument itself.</summary>
    /// <param name="argument">The argument; null when there is none.</param>
    /// <param name="standardInput">What <c>-</c> means, and what a stream is read from when there is no argument.</param>
    /// <exception cref="CommandException">The file cannot be read, or the argument is not JSON.</exception>
    public static RequestInput Open(string? argument, Stream standardInput)
    {
        if (argument is null or "-")
            return new RequestInput(null, standardInput, argument is not null, "standard input");
        if (argument.StartsWith('@'))
            return new RequestInput(null, InputFile.OpenRead(argument[1..]), isGiven: true, $"'{argument[1..]}'");
        var json = Encoding.UTF8.GetBytes(argument);
        var input = new RequestInput(json, Stream.Null, isGiven: true, "the request");
        input.CheckLiteral();
        return input;
    }

    /// <summary>The one message of the request; null when there is none.</summary>
    /// <exception cref="CommandException">It is not JSON, or cannot be read.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadMessageAsync(CancellationToken cancellationToken)
    {
        if (!isGiven)
            return null;
        if (literal is not null)
        {
            JsonText.Check(literal, source);
            return literal;
        }

        using var content = new MemoryStream();
        try
        {
            // Reading a terminal cannot be cancelled; not waiting for it can.
            await stream.CopyToAsync(content, cancellationToken).WaitAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            throw new CommandException(ExitCode.NoInput, $"cannot read {source}: {exception.Message}", exception);
        }

        var message = content.GetBuffer().AsMemory(0, (int)content.Length);
        JsonText.Check(message.Span, source);
        return message;
    }

    /// <summary>The messages of a request that is a stream, as they come: JSON values one after another.</summary>
    /// <exception cref="CommandException">It is not JSON, or cannot be read.</exception>
    public async IAsyncEnumerable<ReadOnlySequence<byte>> ReadMessagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (literal is not null)
        {
            foreach (var value in CutLiteral())
                yield return value;
            yield break;
        }

        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferLength, leaveOpen: true));
        var cutter = new JsonValueCutter(source);
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
            var rest = read.Buffer;
            while (cutter.TryTake(ref rest, read.IsCompleted, out var value))
                yield return value;
            if (read.IsCompleted)
                yield break;
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Whether it is one value or a stream of them is known only when the method is; wrong JSON is told at once.</summary>
    private void CheckLiteral() => _ = CutLiteral().Count();

    private IEnumerable<ReadOnlySequence<byte>> CutLiteral()
    {
        var cutter = new JsonValueCutter(source);
        var rest = new ReadOnlySequence<byte>(literal!);
        while (cutter.TryTake(ref rest, isLast: true, out var value))
            yield return value;
    }
}
