using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using Hawser.Cli.Parsing;

namespace Hawser.Cli.Calls;

/// <summary>Where a call's request comes from: the argument itself, a file (<c>@file</c>), or standard input (<c>-</c>).</summary>
internal sealed class RequestInput : IDisposable
{
    public const string Help = "The request: JSON, @FILE, or - for standard input. Methods that take a stream read JSON lines (standard input unless given).";

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
        JsonText.Check(json, "the request");
        return new RequestInput(json, Stream.Null, isGiven: true, "the request");
    }

    /// <summary>The one message of the request; null when there is none.</summary>
    /// <exception cref="CommandException">It is not JSON, or cannot be read.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadMessageAsync(CancellationToken cancellationToken)
    {
        if (!isGiven)
            return null;
        if (literal is not null)
            return literal;
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

    /// <summary>The messages of a request that is a stream, as they come: one per line, empty lines left out.</summary>
    /// <exception cref="CommandException">A line is not JSON, or cannot be read.</exception>
    public async IAsyncEnumerable<ReadOnlySequence<byte>> ReadMessagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (literal is not null)
        {
            yield return new ReadOnlySequence<byte>(literal);
            yield break;
        }

        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        for (long line = 1; ;)
        {
            var read = await reader.ReadAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
            var rest = read.Buffer;
            while (TryTakeLine(ref rest, read.IsCompleted, out var text))
            {
                if (CheckLine(text, line++))
                    yield return text;
            }

            if (read.IsCompleted)
                yield break;
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    public void Dispose() => stream.Dispose();

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isLast, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        rest = rest.Slice(rest.End);
        if (isLast && !line.IsEmpty)
            return true;
        rest = line;
        line = default;
        return false;
    }

    private bool CheckLine(ReadOnlySequence<byte> text, long line)
    {
        ReadOnlySpan<byte> json = text.IsSingleSegment ? text.FirstSpan : text.ToArray();
        if (json.Trim(" \t\r"u8).IsEmpty)
            return false;
        JsonText.Check(json, source, line);
        return true;
    }
}
