using System.Buffers;
using System.IO.Pipelines;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Web;

/// <summary>The bodies of one gRPC-Web call: base64 where the caller wants text, and trailers as the last frame. Source: the gRPC project's "gRPC Web" protocol.</summary>
internal sealed class GrpcWebBody
{
    /// <summary>The first byte of the frame that holds the trailers.</summary>
    private const byte TrailersFlag = 0x80;

    private readonly Base64Writer? text;

    internal GrpcWebBody(GrpcForm form, PipeReader request, PipeWriter response)
    {
        text = form == GrpcForm.WebText ? new Base64Writer(response) : null;
        Reader = form == GrpcForm.WebText ? new Base64Reader(request) : request;
        Writer = text ?? response;
    }

    /// <summary>The request's messages as bytes.</summary>
    internal PipeReader Reader { get; }

    /// <summary>Takes the response's messages as bytes.</summary>
    internal PipeWriter Writer { get; }

    /// <summary>Writes the status as the last frame. Sending it is left to the end of the response.</summary>
    internal void End(Status status, Metadata trailers)
    {
        using var lines = new PooledBuffer();
        var sink = new TrailerLines(lines);
        StatusTrailers.Write(status, trailers, ref sink);
        MessageHeader.Write(Writer.GetSpan(MessageHeader.Size), lines.Length);
        Writer.GetSpan(MessageHeader.Size)[0] = TrailersFlag;
        Writer.Advance(MessageHeader.Size);
        Writer.Write(lines.Written.Span);
        text?.Encode();
    }
}
