namespace Hawser.Protobuf;

/// <summary>Reads streams whose length somebody else decides.</summary>
internal static class BoundedReading
{
    internal static byte[] ReadAll(Stream source, int most, Func<Exception> tooLong)
    {
        using var content = new MemoryStream();
        var chunk = new byte[64 * 1024];
        while (source.Read(chunk) is var count and > 0)
        {
            if (content.Length + count > most)
                throw tooLong();
            content.Write(chunk, 0, count);
        }

        return content.ToArray();
    }
}
