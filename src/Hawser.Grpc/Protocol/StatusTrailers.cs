using System.Globalization;

namespace Hawser.Grpc.Protocol;

/// <summary>A status as the trailers <c>grpc-status</c>, <c>grpc-message</c> and <c>grpc-status-details-bin</c>.</summary>
internal static class StatusTrailers
{
    private static readonly string[] Codes = [.. Enumerable.Range(0, 17).Select(static code => code.ToString(CultureInfo.InvariantCulture))];

    /// <summary>What the names of the three trailers and HTTP's overhead of them take.</summary>
    private const int OwnSize = 160;

    /// <summary>The number of a code as text.</summary>
    internal static string CodeText(StatusCode code) => (uint)code < (uint)Codes.Length ? Codes[(int)code] : Codes[(int)StatusCode.Unknown];

    /// <summary>Makes a status fit into the room that there is: details that do not fit are left out, a text is cut.</summary>
    /// <param name="status">The status.</param>
    /// <param name="room">How much it may take, in bytes.</param>
    internal static Status Fit(Status status, int room)
    {
        room -= OwnSize;
        var details = (status.Details.Length + 2) / 3 * 4;
        var keepsDetails = details <= room;
        var left = Math.Max(keepsDetails ? room - details : room, 0);
        var text = PercentEncoding.Cut(status.Text, left);
        return keepsDetails && text.Length == status.Text.Length ? status : new Status(status.Code, text, keepsDetails ? status.Details : default);
    }

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
