using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Hawser.Grpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Grpc.Server;

/// <summary>The response: messages go into Kestrel's buffer, and leave when nothing more follows at once or enough has gathered.</summary>
internal sealed partial class GrpcServerCall
{
    /// <summary>How much may gather before it is sent although more follows.</summary>
    private const int FlushThreshold = 32 * 1024;

    private MessageEncoding? responseEncoding;
    private PooledBuffer? compressed;
    private OctetsWriter? responseOctets;
    private long unflushed;
    private bool isStarted;
    private bool hasMessages;
    private bool isEnded;

    public override PipeWriter ResponseOctets
    {
        get
        {
            if (Method.Response < Body.Octets)
                throw new InvalidOperationException($"The response of '{Method}' has no octets.");
            CanBeReused = false;
            return responseOctets ??= new OctetsWriter(WriteOctetsAsync);
        }
    }

    private bool HasEnded
    {
        get
        {
            lock (gate)
            {
                return isEnded;
            }
        }
    }

    public override async ValueTask WriteHeadersAsync(Metadata headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (MetadataHeaders.Refuse(headers, settings.Limits.MaxMetadataSize) is { } wrong)
            throw new RpcException(wrong);
        lock (gate)
        {
            ThrowIfEnded();
            if (isStarted)
                throw new InvalidOperationException("The response headers have been sent already.");
            StartResponse();
            var sink = new ResponseHeaderSink(response.Headers);
            MetadataHeaders.Write(headers, ref sink);
        }

        // Starting the response alone would keep the headers until the first message.
        await FlushAsync().ConfigureAwait(false);
    }

    public override ValueTask WriteAsync(ReadOnlySequence<byte> message, WriteFlags flags = WriteFlags.None)
    {
        lock (gate)
        {
            ThrowIfEnded();
            Append(message, flags);
            if ((flags & WriteFlags.BufferHint) != 0 && unflushed < FlushThreshold)
                return default;
        }

        return FlushAsync();
    }

    public override ValueTask FinishAsync(ReadOnlySequence<byte> message)
    {
        lock (gate)
        {
            if (isEnded)
                return default;
            Append(message, WriteFlags.None);
            if (message.Length <= FlushThreshold)
            {
                End(Status.Ok, Metadata.Empty);
                return default;
            }
        }

        return FlushThenFinishAsync(Status.Ok, Metadata.Empty);
    }

    public override ValueTask FinishAsync(Status status, Metadata? trailers = null)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (responseOctets is not null)
            return FlushOctetsThenFinishAsync(status, trailers ?? Metadata.Empty);
        Finish(status, trailers ?? Metadata.Empty);
        return default;
    }

    private async ValueTask FlushThenFinishAsync(Status status, Metadata trailers)
    {
        await FlushAsync().ConfigureAwait(false);
        Finish(status, trailers);
    }

    private async ValueTask FlushOctetsThenFinishAsync(Status status, Metadata trailers)
    {
        if (!HasEnded)
            await responseOctets!.FlushAsync().ConfigureAwait(false);
        Finish(status, trailers);
    }

    private void Finish(Status status, Metadata trailers)
    {
        if (MetadataHeaders.Refuse(trailers, settings.Limits.MaxMetadataSize) is { } wrong)
            (status, trailers) = (wrong, Metadata.Empty);
        status = StatusTrailers.Fit(status, settings.Limits.MaxMetadataSize - MetadataHeaders.SizeOf(trailers));
        lock (gate)
        {
            if (!isEnded)
                End(status, trailers);
        }
    }

    /// <summary>Ends the response. Under the gate; Kestrel sends what is left when the request's task ends.</summary>
    private void End(Status status, Metadata trailers)
    {
        // gRPC has exactly one message in a unary response, where a handler has nothing to say.
        if (status.IsOk && !hasMessages && Method.Response == Body.Empty)
            Append(ReadOnlySequence<byte>.Empty, WriteFlags.NoCompress);
        isEnded = true;
        var isTrailersOnly = !isStarted && !status.IsOk;
        if (!isStarted)
            StartResponse();
        if (isTrailersOnly)
            WriteStatus(status, trailers, response.Headers);
        else if (web is null)
            WriteStatus(status, trailers, features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers);
        else
            web.End(status, trailers);
        Ended(status);
    }

    private static void WriteStatus(Status status, Metadata trailers, IHeaderDictionary headers)
    {
        var sink = new ResponseHeaderSink(headers);
        StatusTrailers.Write(status, trailers, ref sink);
    }

    private void StartResponse()
    {
        isStarted = true;
        response.Headers.ContentType = contentType.ToHeader();
        if (settings.Compression is { } compression && Compression.IsAccepted(request.Headers.GrpcAcceptEncoding, compression))
        {
            responseEncoding = compression;
            response.Headers.GrpcEncoding = compression.Name;
        }
    }

    /// <summary>Puts a message into Kestrel's buffer. Under the gate.</summary>
    private void Append(in ReadOnlySequence<byte> message, WriteFlags flags)
    {
        if (!isStarted)
            StartResponse();
        hasMessages = true;
        if (responseEncoding is not null && !message.IsEmpty && (flags & WriteFlags.NoCompress) == 0)
        {
            compressed ??= new PooledBuffer();
            compressed.Clear();
            responseEncoding.Compress(message, compressed);
            Append(new ReadOnlySequence<byte>(compressed.Written), isCompressed: true);
        }
        else
        {
            Append(message, isCompressed: false);
        }
    }

    private void Append(in ReadOnlySequence<byte> message, bool isCompressed)
    {
        var writer = ResponseBody;
        var length = checked((int)message.Length);
        var span = writer.GetSpan(MessageHeader.Size);
        MessageHeader.Write(span, length, isCompressed);
        if (span.Length >= MessageHeader.Size + length)
        {
            message.CopyTo(span[MessageHeader.Size..]);
            writer.Advance(MessageHeader.Size + length);
        }
        else
        {
            writer.Advance(MessageHeader.Size);
            foreach (var piece in message)
                writer.Write(piece.Span);
        }

        unflushed += MessageHeader.Size + length;
    }

    private ValueTask FlushAsync()
    {
        connection!.OnSent(unflushed);
        unflushed = 0;
        var flush = StartFlush();
        if (!flush.IsCompletedSuccessfully)
            return AwaitFlushAsync(flush);
        CheckFlush(flush.Result);
        return default;
    }

    private ValueTask<FlushResult> StartFlush()
    {
        if (web is null)
            return responseBody.Writer.FlushAsync();

        // A flush encodes what was written, and the deadline may write the status at the same time.
        lock (gate)
            return web.Writer.FlushAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AwaitFlushAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            CheckFlush(await flush.ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            throw Cut(exception);
        }
    }

    private void CheckFlush(FlushResult flush)
    {
        if (flush.IsCanceled || flush.IsCompleted || Aborted.IsCancellationRequested)
            throw Cut(new IOException("The response can no longer be sent."));
    }

    private async ValueTask<bool> WriteOctetsAsync(ReadOnlySequence<byte> octets)
    {
        await WriteAsync(octets).ConfigureAwait(false);
        return true;
    }

    private void ThrowIfEnded()
    {
        if (isEnded || interruption is not null)
            throw Interruption();
    }

    private void ReleaseWriting()
    {
        if (unflushed > 0)
            connection!.OnSent(unflushed);
        unflushed = 0;
        abortion.Dispose();
        if (!CanBeReused)
            return;
        compressed?.Dispose();
        compressed = null;
    }

    private void ResetWriting()
    {
        responseEncoding = null;
        isStarted = false;
        hasMessages = false;
        isEnded = false;
    }
}
