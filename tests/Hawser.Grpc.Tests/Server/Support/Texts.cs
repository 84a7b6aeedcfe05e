using System.Text;

namespace Hawser.Grpc.Tests.Server.Support;

/// <summary>Texts as raw messages.</summary>
internal static class Texts
{
    public static byte[] ToBytes(this string text) => Encoding.UTF8.GetBytes(text);

    public static string ToText(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
