using System.Buffers;
using System.Text;
using Hawser.Grpc.Protocol;

namespace Hawser.Grpc.Web;

/// <summary>Writes trailers as HTTP/1 writes headers: a line for each.</summary>
internal readonly struct TrailerLines(PooledBuffer buffer) : IHeaderSink
{
    public void Add(string name, string value)
    {
        Write(name);
        buffer.Write(":"u8);
        Write(value);
        buffer.Write("\r\n"u8);
    }

    // Names are metadata keys and values are percent-encoded, base64 or printable ASCII.
    private void Write(string text) => Encoding.ASCII.GetBytes(text, buffer);
}
