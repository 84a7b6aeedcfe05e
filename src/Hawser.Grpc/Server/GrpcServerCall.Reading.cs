using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Server;

/// <summary>The request's body, cut into messages where Kestrel holds it.</summary>
internal sealed partial class GrpcServerCall
{
    private PipeReader? reader;
    private MessageEncoding? requestEncoding;
    private ReadOnlySequence<byte> unread;
    private ReadOnlySequence<byte> message;
    private PooledBuffer? copied;
    private OctetsReader? requestOctets;
    private TaskCompletionSource? readEnded;
    private bool isReading;
    private bool isHolding;
    private bool isBodyComplete;
    private bool isMessageCompressed;

    public override ReadOnlySequence<byte> Message => message;

    public override bool IsMessageCompressed => isMessageCompressed;

    public override PipeReader RequestOctets
    {
        get
        {
            if (Method.Request < Body.Octets)
                throw new InvalidOperationException($"The request of '{Method}' has no octets.");
            CanBeReused = false;
            return requestOctets ??= OctetsReader.Start(PumpOctetsAsync);
        }
    }

    public override ValueTask<bool> ReadAsync()
    {
        try
        {
            lock (gate)
            {
                return Read();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Kestrel throws in whatever it is asked when the request was cut before: reading, and giving back what was read.
            throw Cut(exception);
        }
    }

    private ValueTask<bool> Read()
    {
        ThrowIfEnded();
        message = default;
        if (isHolding)
        {
            // Kestrel's buffer is given back only when everything in it has been taken.
            if (TryTake())
                return new ValueTask<bool>(true);
            if (isBodyComplete)
                return new ValueTask<bool>(AtEnd());
            GiveBack();
        }
        else if (isBodyComplete)
        {
            return new ValueTask<bool>(false);
        }

        reader ??= RequestBody;
        var read = reader.ReadAsync();
        if (read.IsCompletedSuccessfully)
        {
            if (Take(read.Result) is { } found)
                return new ValueTask<bool>(found);
            read = reader.ReadAsync();
        }

        isReading = true;
        return AwaitMoreAsync(read);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AwaitMoreAsync(ValueTask<ReadResult> read)
    {
        try
        {
            while (true)
            {
                var result = await read.ConfigureAwait(false);
                lock (gate)
                {
                    if (isEnded || interruption is not null)
                    {
                        reader!.AdvanceTo(result.Buffer.End);
                        throw Interruption();
                    }

                    if (Take(result) is { } found)
                        return found;
                    read = reader!.ReadAsync();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            throw Cut(exception);
        }
        finally
        {
            lock (gate)
            {
                isReading = false;
                readEnded?.SetResult();
            }
        }
    }

    /// <summary>Looks for a message in what was read.</summary>
    /// <returns>Whether there is one, or null when more must be read.</returns>
    private bool? Take(in ReadResult result)
    {
        if (result.IsCanceled)
            throw new OperationCanceledException();
        unread = result.Buffer;
        isHolding = true;
        isBodyComplete = result.IsCompleted;
        if (TryTake())
            return true;
        if (isBodyComplete)
            return AtEnd();
        GiveBack();
        return null;
    }

    private void GiveBack()
    {
        isHolding = false;
        reader!.AdvanceTo(unread.Start, unread.End);
    }

    private bool TryTake()
    {
        var framer = new MessageFramer(settings.Limits.MaxMessageSize, mayBeCompressed: requestEncoding is not null);
        var before = unread.Length;
        if (framer.TryRead(ref unread, out message, out isMessageCompressed, out var wrong))
        {
            connection!.OnReceived(before - unread.Length);
            if (isMessageCompressed)
                Decompress();
            else if (MayOutliveRequest)
                Keep();
            return true;
        }

        return wrong is null ? false : throw new RpcException(wrong);
    }

    private bool AtEnd()
    {
        var left = unread.Length;
        isHolding = false;
        reader!.AdvanceTo(unread.End);
        return MessageFramer.CheckEnd(left) is { } wrong ? throw new RpcException(wrong) : false;
    }

    private void Decompress()
    {
        copied ??= new PooledBuffer();
        copied.Clear();
        if (requestEncoding!.Decompress(message, settings.Limits.MaxMessageSize, copied) is { } wrong)
            throw new RpcException(wrong);
        message = new ReadOnlySequence<byte>(copied.Written);
    }

    /// <summary>Whether a message may be read after Kestrel has it back: a handler is not waited for when its deadline has passed, nor is the decoding before it.</summary>
    private bool MayOutliveRequest => HasDeadline && context is null;

    private void Keep()
    {
        copied ??= new PooledBuffer();
        copied.Clear();
        foreach (var piece in message)
            copied.Write(piece.Span);
        message = new ReadOnlySequence<byte>(copied.Written);
    }

    /// <summary>What a reader learns when the request was cut.</summary>
    private RpcException Cut(Exception exception)
    {
        lock (gate)
        {
            CanBeReused = false;
            if (!isEnded)
                interruption ??= exception is Microsoft.AspNetCore.Http.BadHttpRequestException ? new Status(StatusCode.Internal, $"The request is broken: {exception.Message}") : Abortion();
        }

        return new RpcException(Interruption().Status, trailers: null, exception);
    }

    private async ValueTask PumpOctetsAsync(PipeWriter octets)
    {
        while (await ReadAsync().ConfigureAwait(false))
        {
            foreach (var piece in message)
                octets.Write(piece.Span);
            var flush = await octets.FlushAsync().ConfigureAwait(false);
            if (flush.IsCompleted)
                return;
        }
    }

    /// <summary>Whether somebody may still read the request although the call has ended.</summary>
    private bool IsStillRead => isReading || requestOctets is not null;

    /// <summary>Ends what still reads the request: Kestrel uses the body's pipe again for the next call.</summary>
    private async Task StopReadingAsync()
    {
        var pumping = requestOctets?.StopAsync() ?? Task.CompletedTask;
        await StopPendingReadAsync().ConfigureAwait(false);
        await pumping.ConfigureAwait(false);
    }

    private Task StopPendingReadAsync()
    {
        lock (gate)
        {
            if (!isReading)
                return Task.CompletedTask;
            readEnded ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            reader!.CancelPendingRead();
            return readEnded.Task;
        }
    }

    /// <summary>Takes the request away from a handler that runs on after its call has ended: over HTTP/1.1 Kestrel reads the next request with the same reader.</summary>
    private async Task LetGoOfRequestAsync()
    {
        await StopPendingReadAsync().ConfigureAwait(false);
        lock (gate)
        {
            if (isHolding)
                GiveBack();
        }
    }

    private void ReleaseReading()
    {
        try
        {
            lock (gate)
            {
                if (isHolding)
                    GiveBack();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // A request that was cut takes nothing back, and its stream is not used again.
        }

        // The handler has ended, and nothing of a message may be used beyond that.
        copied?.Dispose();
        copied = null;
    }

    private void ResetReading()
    {
        reader = null;
        requestEncoding = null;
        unread = default;
        message = default;
        isHolding = false;
        isBodyComplete = false;
        isMessageCompressed = false;
    }
}
