using System.Globalization;

namespace Hawser.Grpc.Protocol;

/// <summary>A status as the trailers <c>grpc-status</c>, <c>grpc-message</c> and <c>grpc-status-details-bin</c>.</summary>
internal static class StatusTrailers
{
    private static readonly string[] Codes = [.. Enumerable.Range(0, 17).Select(static code => code.ToString(CultureInfo.InvariantCulture))];

    /// <summary>The number of a code as text.</summary>
    internal static string CodeText(StatusCode code) => (uint)code < (uint)Codes.Length ? Codes[(int)code] : Codes[(int)StatusCode.Unknown];

    /// <summary>Writes a status and the metadata that goes with it.</summary>
    internal static void Write<TSink>(Status status, Metadata metadata, ref TSink trailers)
        where TSink : struct, IHeaderSink
    {
        trailers.Add(HeaderNames.Status, CodeText(status.Code));
        if (status.Text.Length > 0)
            trailers.Add(HeaderNames.Message, PercentEncoding.Encode(status.Text));
        if (!status.Details.IsEmpty)
            trailers.Add(HeaderNames.StatusDetails, MetadataHeaders.Encode(status.Details.Span));
        MetadataHeaders.Write(metadata, ref trailers);
    }
}
